package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a method on a path takes and answers. Written once, by one thread. */
final class Operation {
  private final ObjectNode json = Nodes.object();
  private final ObjectNode responses = Nodes.object();
  private final Set<Parameter> parameters = new TreeSet<>();

  Operation(String id, String tag) {
    json.putArray("tags").add(tag);
    json.put("operationId", id);
  }

  /** Tells of which kind it is about. */
  Operation action(String action, GroupVersionKind kind) {
    json.put("x-kubernetes-action", action);
    json.set(Nodes.KINDS, Nodes.kind(kind));
    return this;
  }

  Operation parameters(Collection<Parameter> more) {
    parameters.addAll(more);
    return this;
  }

  /**
   * Takes a body.
   *
   * @param definition of what is in it
   */
  Operation takes(String definition, List<String> mediaTypes, boolean required) {
    ObjectNode body = json.putObject("requestBody");
    body.set("content", content(Nodes.reference(definition), mediaTypes));
    if (required) {
      body.put("required", true);
    }
    return this;
  }

  /** Answers, if all is well, with objects of a definition; null for a text. */
  Operation answers(@Nullable String definition, List<String> mediaTypes, String... codes) {
    for (String code : codes) {
      ObjectNode schema = definition == null ? Nodes.type("string") : Nodes.reference(definition);
      responses
          .putObject(code)
          .put("description", word(code))
          .set("content", content(schema, mediaTypes));
    }
    return this;
  }

  private static ObjectNode content(ObjectNode schema, List<String> mediaTypes) {
    ObjectNode content = Nodes.object();
    mediaTypes.forEach(type -> content.putObject(type).set("schema", schema));
    return content;
  }

  private static String word(String code) {
    return switch (code) {
      case "200" -> "OK";
      case "201" -> "Created";
      case "202" -> "Accepted";
      default -> throw new IllegalArgumentException(code);
    };
  }

  Set<Parameter> parameters() {
    return parameters;
  }

  /** @param common parameters that stand beside all methods of the path */
  ObjectNode json(Set<Parameter> common) {
    ObjectNode whole = json.deepCopy();
    for (Parameter parameter : parameters) {
      if (!common.contains(parameter)) {
        whole.withArray("parameters").add(parameter.json());
      }
    }
    ObjectNode all = responses.deepCopy();
    all.putObject("401").put("description", "Unauthorized");
    whole.set("responses", all);
    return whole;
  }
}
