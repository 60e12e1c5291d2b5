package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Drops the nulls that a schema has no place for, and fills in defaults. */
public final class Defaulting {
  private Defaulting() {}

  /**
   * Drops fields that are null but may not be, unless they have a default. Elements of lists stay.
   *
   * @param value is changed
   * @param schema null if there is none
   */
  public static void dropNulls(JsonNode value, @Nullable JsonSchema schema) {
    if (schema == null) {
      return;
    }
    if (value instanceof ObjectNode object) {
      for (String name : Pruning.names(object)) {
        JsonSchema property = schema.properties().get(name);
        JsonSchema part = property != null ? property : schema.additionalSchema();
        if (part != null
            && object.get(name).isNull()
            && part.refusesNull()
            && part.defaultValue() == null) {
          object.remove(name);
        } else {
          dropNulls(object.get(name), part);
        }
      }
    } else if (value instanceof ArrayNode list) {
      list.forEach(each -> dropNulls(each, schema.items()));
    }
  }

  /**
   * Fills in defaults of fields that are missing, or null without being allowed to; also in what was filled in, in the
   * elements of lists and in the values of maps.
   *
   * @param value is changed
   * @param schema null if there is none
   */
  public static void apply(JsonNode value, @Nullable JsonSchema schema) {
    if (schema == null) {
      return;
    }
    if (value instanceof ObjectNode object) {
      schema.properties().forEach((name, property) -> {
        JsonNode present = object.get(name);
        if (property.defaultValue() != null
            && (present == null || (present.isNull() && property.refusesNull()))) {
          object.set(name, property.defaultValue().deepCopy());
        }
      });
      for (String name : Pruning.names(object)) {
        JsonSchema property = schema.properties().get(name);
        JsonSchema additional = schema.additionalSchema();
        if (property == null && replacesNull(object.get(name), additional)) {
          object.set(name, defaultOf(additional));
        }
        apply(object.get(name), property != null ? property : additional);
      }
    } else if (value instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        if (replacesNull(list.get(i), schema.items())) {
          list.set(i, defaultOf(schema.items()));
        }
        apply(list.get(i), schema.items());
      }
    }
  }

  private static boolean replacesNull(JsonNode value, @Nullable JsonSchema schema) {
    return schema != null && value.isNull() && schema.refusesNull();
  }

  private static JsonNode defaultOf(@Nullable JsonSchema schema) {
    JsonNode value = schema == null ? null : schema.defaultValue();
    return value == null ? NullNode.getInstance() : value.deepCopy();
  }
}
