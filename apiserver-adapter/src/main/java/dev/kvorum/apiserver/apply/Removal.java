package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes fields out of an object. */
final class Removal {
  private Removal() {}

  /** Returns {@code value} without the fields of {@code doomed} and all below them, as a new tree that shares the rest. */
  static JsonNode remove(JsonNode value, FieldSet doomed, @Nullable Type type)
      throws ApplyException {
    Shape shape = Shape.of(type, value);
    return switch (shape.kind()) {
      case SCALAR -> value;
      case LIST -> list(value, doomed, shape);
      case MAP -> map(value, doomed, shape);
    };
  }

  private static JsonNode list(JsonNode list, FieldSet doomed, Shape shape) throws ApplyException {
    ArrayNode rest = JsonNodeFactory.instance.arrayNode();
    if (!shape.isAtomic() && list.isArray()) {
      for (JsonNode element : list) {
        PathElement step = shape.elementPath(element);
        if (!doomed.has(step)) {
          FieldSet below = doomed.below(step);
          rest.add(below == null ? element : remove(element, below, shape.elementType()));
        }
      }
    }
    return rest.isEmpty() ? NullNode.instance : rest;
  }

  private static JsonNode map(JsonNode map, FieldSet doomed, Shape shape) throws ApplyException {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    if (!shape.isAtomic() && map.isObject()) {
      for (Map.Entry<String, JsonNode> entry : map.properties()) {
        PathElement step = new PathElement.Name(entry.getKey());
        if (!doomed.has(step)) {
          FieldSet below = doomed.below(step);
          rest.set(
              entry.getKey(),
              below == null
                  ? entry.getValue()
                  : remove(entry.getValue(), below, shape.fieldType(entry.getKey())));
        }
      }
    }
    return rest.isEmpty() ? NullNode.instance : rest;
  }
}
