package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.ReadObject;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the canonical form of a tree that is of a built-in type: what upstream's server would write if it read that tree.
 * Fields that the type does not name are left out, null is as good as nothing, zero values and empty lists stay only where
 * the API writes them, and what the API always writes is there. Fields are in the order of the type, keys of maps sorted.
 */
final class TypedReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final StrictErrors strict;
  private final Place place;
  private final LeafForms leaves;

  TypedReader(StrictErrors strict) {
    this.strict = strict;
    place = new Place();
    leaves = new LeafForms(place, this);
  }

  ObjectNode object(JsonNode raw, ObjectType type) throws UnfitException {
    if (!(raw instanceof ObjectNode given)) {
      throw place.unfit(raw, type);
    }
    Map<String, @Nullable JsonNode> values = HashMap.newHashMap(given.size());
    for (Map.Entry<String, JsonNode> member : ReadObject.members(given)) {
      String name = member.getKey();
      Field field = type.field(name);
      if (field == null) {
        strict.unknown(name);
        continue;
      }
      if (values.containsKey(name)) {
        strict.duplicate(name);
      }
      int before = strict.enter(name);
      place.enter(type, name);
      values.put(name, value(member.getValue(), field.type()));
      place.leave();
      strict.leave(before);
    }
    SecondNames.settle(type, values);
    return written(type, values);
  }

  private static ObjectNode written(ObjectType type, Map<String, @Nullable JsonNode> values) {
    ObjectNode result = NODES.objectNode();
    for (Field field : type.fields()) {
      JsonNode value = values.get(field.name());
      if (value == null) {
        value = ofNothing(field);
      } else if (!field.pointer() && !field.alwaysWritten() && isEmpty(value, field.type())) {
        value = null;
      }
      if (value != null) {
        result.set(field.name(), value);
      }
    }
    return result;
  }

  /** The value in its canonical form; null if it is a null. */
  @Nullable
  JsonNode value(JsonNode raw, Type type) throws UnfitException {
    if (raw.isNull()) {
      return null;
    }
    return switch (type) {
      case ObjectType object -> object(raw, object);
      case ListType list -> list(raw, list);
      case MapType map -> map(raw, map);
      case Leaf leaf -> leaves.value(raw, leaf);
    };
  }

  private ArrayNode list(JsonNode raw, ListType type) throws UnfitException {
    if (!raw.isArray()) {
      throw place.unfit(raw, type);
    }
    ArrayNode result = NODES.arrayNode(raw.size());
    for (int i = 0; i < raw.size(); i++) {
      int before = strict.enter(i);
      result.add(element(raw.get(i), type.elements()));
      strict.leave(before);
    }
    return result;
  }

  private ObjectNode map(JsonNode raw, MapType type) throws UnfitException {
    if (!(raw instanceof ObjectNode given)) {
      throw place.unfit(raw, type);
    }
    Map<String, JsonNode> entries = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : ReadObject.members(given)) {
      if (entries.containsKey(member.getKey())) {
        strict.duplicate(member.getKey());
      }
      int before = strict.enter(member.getKey());
      entries.put(member.getKey(), element(member.getValue(), type.values()));
      strict.leave(before);
    }
    ObjectNode result = NODES.objectNode();
    result.setAll(entries);
    return result;
  }

  /** A value in a list or map, where every value stays. */
  private JsonNode element(JsonNode raw, Type type) throws UnfitException {
    JsonNode value = value(raw, type);
    return value == null ? zero(type) : value;
  }

  private static boolean isEmpty(JsonNode value, Type type) {
    return switch (type) {
      case ObjectType object -> false;
      case ListType list -> value.isEmpty();
      case MapType map -> value.isEmpty();
      case Leaf leaf ->
        switch (leaf) {
          case STRING, BYTES -> value.textValue().isEmpty();
          case BOOLEAN -> !value.booleanValue();
          case INT32, INT64, DOUBLE -> value.doubleValue() == 0;
          default -> false;
        };
    };
  }

  /** What the API writes for a field without a value; null if it leaves it out. */
  private static @Nullable JsonNode ofNothing(Field field) {
    if (field.pointer()) {
      return field.alwaysWritten() ? NullNode.instance : null;
    }
    // The one field that the API leaves out although it is of this type.
    if (field.type() == Leaf.TIME && field.name().equals("creationTimestamp")) {
      return null;
    }
    return field.alwaysWritten() || isAlwaysThere(field.type()) ? zero(field.type()) : null;
  }

  /** Whether Go, which the API is written in, does not count the type's zero value as empty. */
  private static boolean isAlwaysThere(Type type) {
    return switch (type) {
      case ObjectType object -> true;
      case ListType list -> false;
      case MapType map -> false;
      case Leaf leaf ->
        switch (leaf) {
          case STRING, BOOLEAN, INT32, INT64, DOUBLE, BYTES -> false;
          default -> true;
        };
    };
  }

  private static JsonNode zero(Type type) {
    return switch (type) {
      case ObjectType object -> written(object, Map.of());
      case ListType list -> NullNode.instance;
      case MapType map -> NullNode.instance;
      case Leaf leaf ->
        switch (leaf) {
          case STRING -> NODES.textNode("");
          case BOOLEAN, SCHEMA_OR_BOOL -> NODES.booleanNode(false);
          case INT32, INT64, DOUBLE, INT_OR_STRING -> NODES.numberNode(0);
          case QUANTITY -> NODES.textNode("0");
          case DURATION -> NODES.textNode("0s");
          default -> NullNode.instance;
        };
    };
  }
}
