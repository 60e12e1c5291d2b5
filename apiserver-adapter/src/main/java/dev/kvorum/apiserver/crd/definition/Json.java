package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading trees in which null and a missing member are the same. */
final class Json {
  private Json() {}

  static JsonNode text(String value) {
    return TextNode.valueOf(value);
  }

  /** Null if it is missing or null. */
  static @Nullable JsonNode present(JsonNode object, String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** Empty if it is missing. */
  static ObjectNode object(JsonNode object, String name) {
    return object.get(name) instanceof ObjectNode member
        ? member
        : JsonNodeFactory.instance.objectNode();
  }

  /** That member, which is made if it is missing. */
  static ObjectNode objectIn(ObjectNode object, String name) {
    return object.get(name) instanceof ObjectNode member ? member : object.putObject(name);
  }

  static String string(JsonNode object, String name) {
    JsonNode value = present(object, name);
    return value == null ? "" : value.asText();
  }

  static boolean flag(JsonNode object, String name) {
    return object.path(name).asBoolean(false);
  }

  static List<String> strings(JsonNode object, String name) {
    List<String> strings = new ArrayList<>();
    object.path(name).forEach(each -> strings.add(each.asText()));
    return strings;
  }

  static ArrayNode array(List<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }

  /** Whether it is what a field has that was never set. */
  static boolean isZero(@Nullable JsonNode value) {
    return value == null
        || value.isNull()
        || (value.isTextual() && value.textValue().isEmpty())
        || (value.isBoolean() && !value.booleanValue())
        || (value.isContainerNode() && value.isEmpty());
  }

  /** Whether it is missing or an empty list. */
  static boolean isZeroList(@Nullable JsonNode value) {
    return value == null || (value.isArray() && value.isEmpty());
  }
}
