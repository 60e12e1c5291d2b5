package dev.kvorum.apiserver.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** Small steps on trees in canonical form, where what is empty is not there. */
final class Tree {
  private Tree() {}

  static boolean lacks(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isMissingNode() || value.isNull();
  }

  static boolean isEmpty(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isTextual() ? value.textValue().isEmpty() : value.isEmpty();
  }

  static String text(JsonNode object, String name) {
    return object.path(name).asText("");
  }

  /** Sets a string that is missing or empty. */
  static void text(ObjectNode object, String name, String value) {
    if (text(object, name).isEmpty()) {
      object.put(name, value);
    }
  }

  /** Sets a number that is missing. */
  static void number(ObjectNode object, String name, int value) {
    if (lacks(object, name)) {
      object.put(name, value);
    }
  }

  /** Sets a number that is missing or 0. */
  static void positive(ObjectNode object, String name, int value) {
    if (object.path(name).asLong() == 0) {
      object.put(name, value);
    }
  }

  static void flag(ObjectNode object, String name, boolean value) {
    if (lacks(object, name)) {
      object.put(name, value);
    }
  }

  /** The object there, a new one if it is missing. */
  static ObjectNode object(ObjectNode object, String name) {
    return object.get(name) instanceof ObjectNode there ? there : object.putObject(name);
  }

  /** The objects of a list, none if it is missing. */
  static List<ObjectNode> objects(JsonNode object, String name) {
    return object.get(name) instanceof ArrayNode array
        ? StreamSupport.stream(array.spliterator(), false)
            .map(ObjectNode.class::cast)
            .toList()
        : List.of();
  }

  /** Sets what {@code from} has and {@code to} lacks. */
  static void fill(ObjectNode to, JsonNode from) {
    from.properties().forEach(each -> {
      if (!to.has(each.getKey())) {
        to.set(each.getKey(), each.getValue());
      }
    });
  }

  /** Puts {@code from}'s entries where a map lacks them; the map is not made if there are none. */
  static void fill(ObjectNode object, String name, JsonNode from) {
    if (!from.isEmpty()) {
      ObjectNode map = object(object, name);
      fill(map, from);
      sort(map);
    }
  }

  /** By key, as maps are written. */
  static void sort(ObjectNode map) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    map.properties().forEach(each -> sorted.put(each.getKey(), each.getValue()));
    map.removeAll();
    map.setAll(sorted);
  }
}
