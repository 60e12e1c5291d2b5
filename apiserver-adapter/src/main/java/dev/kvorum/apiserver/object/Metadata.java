package dev.kvorum.apiserver.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads and writes an object's {@code metadata} (Kubernetes API: ObjectMeta). What is not there reads as empty. */
public final class Metadata {
  private Metadata() {}

  /** The object's metadata as they are; an object of no fields if there are none. */
  public static JsonNode of(JsonNode object) {
    return object.path("metadata");
  }

  /** The object's metadata for changing, added if there are none. */
  public static ObjectNode in(ObjectNode object) {
    return object.get("metadata") instanceof ObjectNode metadata
        ? metadata
        : object.putObject("metadata");
  }

  public static String text(JsonNode object, String field) {
    return of(object).path(field).asText("");
  }

  public static String name(JsonNode object) {
    return text(object, "name");
  }

  public static String namespace(JsonNode object) {
    return text(object, "namespace");
  }

  public static String uid(JsonNode object) {
    return text(object, "uid");
  }

  public static String resourceVersion(JsonNode object) {
    return text(object, "resourceVersion");
  }

  /** What the object's state has been numbered with; 0 if it is not. */
  public static long generation(JsonNode object) {
    return of(object).path("generation").asLong(0);
  }

  /** Whether somebody has deleted the object, and something still holds it. */
  public static boolean isTerminating(JsonNode object) {
    return !text(object, "deletionTimestamp").isEmpty();
  }

  public static List<String> finalizers(JsonNode object) {
    List<String> names = new ArrayList<>();
    of(object).path("finalizers").forEach(each -> names.add(each.asText()));
    return names;
  }

  /** The object's labels, or whatever else has such a form. */
  public static Map<String, String> map(JsonNode object, String field) {
    JsonNode map = of(object).path(field);
    if (map.isEmpty()) {
      return Map.of();
    }
    Map<String, String> entries = new HashMap<>();
    map.properties().forEach(each -> entries.put(each.getKey(), each.getValue().asText("")));
    return entries;
  }

  public static Map<String, String> labels(JsonNode object) {
    return map(object, "labels");
  }

  /** Sets the finalizers, in their order; none removes the field. */
  public static void setFinalizers(ObjectNode object, List<String> names) {
    ObjectNode metadata = in(object);
    if (names.isEmpty()) {
      metadata.remove("finalizers");
      return;
    }
    ArrayNode list = metadata.putArray("finalizers");
    names.forEach(list::add);
  }

  /** Sets a field to what it is in another object, or removes it. */
  public static void copy(ObjectNode object, JsonNode from, String field) {
    set(object, field, of(from).get(field));
  }

  /** Sets a field; null removes it. */
  public static void set(ObjectNode object, String field, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      in(object).remove(field);
    } else {
      in(object).set(field, value);
    }
  }

  /** Sets the resource version, which is no part of what is stored. */
  public static void setRevision(ObjectNode object, long revision) {
    in(object).put("resourceVersion", Long.toString(revision));
  }

  /** A moment as objects have it: in whole seconds. */
  public static String time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Calls back for each reference to an owner, with its path. */
  public static void forEachOwner(JsonNode object, BiConsumer<String, JsonNode> visitor) {
    int index = 0;
    for (JsonNode owner : of(object).path("ownerReferences")) {
      visitor.accept("metadata.ownerReferences[" + index++ + "]", owner);
    }
  }
}
