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

  /** Whether two objects differ, apart from the metadata and the status. */
  static boolean sameContent(ObjectNode one, ObjectNode other) {
    return same(content(one), content(other));
  }

  private static ObjectNode content(ObjectNode object) {
    ObjectNode content = object.objectNode();
    object.properties().forEach(field -> {
      if (!field.getKey().equals("metadata") && !field.getKey().equals("status")) {
        content.set(field.getKey(), field.getValue());
      }
    });
    return content;
  }
}
