package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a request may say beside its body.
 *
 * @param in {@code path} or {@code query}
 * @param type of its value, in JSON's terms
 */
record Parameter(String name, String in, String type) implements Comparable<Parameter> {
  private static final Comparator<Parameter> BY_NAME =
      Comparator.comparing(Parameter::name).thenComparing(Parameter::in);

  static final Parameter PRETTY = query("pretty", "string");
  static final Parameter NAME = path("name");
  static final Parameter NAMESPACE = path("namespace");

  static final List<Parameter> WRITING = List.of(
      query("dryRun", "string"),
      query("fieldManager", "string"),
      query("fieldValidation", "string"));
  static final List<Parameter> PATCHING = with(WRITING, query("force", "boolean"));
  static final List<Parameter> DELETING = List.of(
      query("dryRun", "string"),
      query("gracePeriodSeconds", "integer"),
      query("ignoreStoreReadErrorWithClusterBreakingPotential", "boolean"),
      query("orphanDependents", "boolean"),
      query("propagationPolicy", "string"));

  /** What selects objects, without what makes a watch of it. */
  static final List<Parameter> SELECTING = List.of(
      query("continue", "string"),
      query("fieldSelector", "string"),
      query("labelSelector", "string"),
      query("limit", "integer"),
      query("resourceVersion", "string"),
      query("resourceVersionMatch", "string"),
      query("sendInitialEvents", "boolean"),
      query("shardSelector", "string"),
      query("timeoutSeconds", "integer"));

  static final List<Parameter> LISTING =
      with(SELECTING, query("allowWatchBookmarks", "boolean"), query("watch", "boolean"));

  static Parameter query(String name, String type) {
    return new Parameter(name, "query", type);
  }

  static Parameter path(String name) {
    return new Parameter(name, "path", "string");
  }

  private static List<Parameter> with(List<Parameter> some, Parameter... more) {
    List<Parameter> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  ObjectNode json() {
    ObjectNode json = Nodes.object().put("name", name).put("in", in);
    if (in.equals("path")) {
      json.put("required", true);
    }
    json.set("schema", Nodes.type(type).put("uniqueItems", true));
    return json;
  }

  @Override
  public int compareTo(Parameter other) {
    return BY_NAME.compare(this, other);
  }
}
