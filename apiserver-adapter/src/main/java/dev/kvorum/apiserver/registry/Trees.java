package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;

/** Compares trees by what they say: a number is the same however it is held. */
final class Trees {
  private static final Comparator<JsonNode> BY_VALUE = (one, other) -> {
    if (one.isIntegralNumber() && other.isIntegralNumber()) {
      return one.bigIntegerValue().compareTo(other.bigIntegerValue());
    }
    return one.equals(other) ? 0 : 1;
  };

  private Trees() {}

  static boolean same(JsonNode one, JsonNode other) {
    return one.equals(BY_VALUE, other);
  }

  /**
   * Whether two objects are the same, apart from the metadata.
   *
   * @param status whether their status counts
   */
  static boolean sameContent(ObjectNode one, ObjectNode other, boolean status) {
    return same(content(one, status), content(other, status));
  }

  private static ObjectNode content(ObjectNode object, boolean status) {
    ObjectNode content = object.objectNode();
    object.properties().forEach(field -> {
      if (!field.getKey().equals("metadata") && (status || !field.getKey().equals("status"))) {
        content.set(field.getKey(), field.getValue());
      }
    });
    return content;
  }
}
