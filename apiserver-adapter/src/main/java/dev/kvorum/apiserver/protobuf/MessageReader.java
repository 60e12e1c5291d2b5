package dev.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.schema.WireMember;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one object's tree from its bytes. Zero values of fields that are neither pointers nor always written are left out:
 * protobuf has them although nobody set them.
 */
final class MessageReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final LeafReader leaves;
  private final Limits limits;
  private int values;

  MessageReader(ProtobufCodec codec, Limits limits) {
    this.leaves = new LeafReader(codec, this);
    this.limits = limits;
  }

  void object(WireReader reader, ObjectType type, ObjectNode target, int depth)
      throws ProtobufException {
    if (depth > limits.maxDepth()) {
      throw new ProtobufException("more than " + limits.maxDepth() + " messages inside each other");
    }
    List<WireMember> wire = type.wire();
    if (wire == null) {
      throw new ProtobufException("this kind has no protobuf form");
    }
    while (reader.hasMore()) {
      int tag = reader.tag();
      switch (find(wire, tag >>> 3)) {
        case null -> reader.skip(tag);
        case WireMember.Embedded embedded -> {
          reader.expect(tag, WireReader.BYTES);
          object(reader.message(), embedded.type(), target, depth + 1);
        }
        case WireMember.Named named -> {
          try {
            field(reader, tag, named.field(), target, depth);
          } catch (ProtobufException e) {
            throw e.in(named.field().name());
          }
        }
      }
    }
  }

  private static @Nullable WireMember find(List<WireMember> wire, int number) {
    int low = 0;
    int high = wire.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int there = wire.get(middle).number();
      if (there == number) {
        return wire.get(middle);
      }
      if (there < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private void field(WireReader reader, int tag, Field field, ObjectNode target, int depth)
      throws ProtobufException {
    countValue();
    String name = field.name();
    switch (field.type()) {
      case Leaf leaf -> put(field, target, leaves.read(reader, tag, leaf, !field.pointer(), depth));
      case ObjectType type -> {
        reader.expect(tag, WireReader.BYTES);
        // What comes twice is merged.
        ObjectNode value =
            target.get(name) instanceof ObjectNode before ? before : NODES.objectNode();
        object(reader.message(), type, value, depth + 1);
        put(field, target, value.isEmpty() && !meansSomethingEmpty(field, type) ? null : value);
      }
      case ListType list -> list(reader, tag, field, list, target, depth);
      case MapType map -> {
        reader.expect(tag, WireReader.BYTES);
        ObjectNode entries =
            target.get(name) instanceof ObjectNode before ? before : target.putObject(name);
        entry(reader.message(), map.values(), entries, depth);
      }
    }
  }

  private void list(
      WireReader reader, int tag, Field field, ListType list, ObjectNode target, int depth)
      throws ProtobufException {
    if (list.wrapped()) {
      ArrayNode wrapped = wrapped(reader, tag, list, depth);
      put(field, target, wrapped.isEmpty() ? null : wrapped);
      return;
    }
    String name = field.name();
    ArrayNode elements =
        target.get(name) instanceof ArrayNode before ? before : target.putArray(name);
    elements(reader, tag, list.elements(), elements, depth);
    if (elements.isEmpty()) {
      target.remove(name);
    }
  }

  /** Whether an empty object was set by somebody, or is all that there can be. */
  private static boolean meansSomethingEmpty(Field field, ObjectType type) {
    return field.pointer() || (field.alwaysWritten() && type.fields().isEmpty());
  }

  private static void put(Field field, ObjectNode target, @Nullable JsonNode value) {
    if (value == null || (!field.pointer() && !field.alwaysWritten() && isZero(value))) {
      target.remove(field.name());
    } else {
      target.set(field.name(), value);
    }
  }

  private static boolean isZero(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> value.textValue().isEmpty();
      case NUMBER -> value.doubleValue() == 0;
      case BOOLEAN -> !value.booleanValue();
      default -> false;
    };
  }

  /** The elements that one field adds to a list: one, or several numbers in a row. */
  private void elements(WireReader reader, int tag, Type type, ArrayNode elements, int depth)
      throws ProtobufException {
    if ((tag & 7) == WireReader.BYTES
        && type instanceof Leaf leaf
        && wireType(leaf) != WireReader.BYTES) {
      WireReader packed = reader.message();
      while (packed.hasMore()) {
        elements.add(value(packed, (tag & ~7) | wireType(leaf), type, elements.size(), depth));
      }
      return;
    }
    elements.add(value(reader, tag, type, elements.size(), depth));
  }

  private JsonNode value(WireReader reader, int tag, Type type, int element, int depth)
      throws ProtobufException {
    try {
      return value(reader, tag, type, depth);
    } catch (ProtobufException e) {
      throw e.at(element);
    }
  }

  /** A value in a list or map. There, zero values are values. */
  private JsonNode value(WireReader reader, int tag, Type type, int depth)
      throws ProtobufException {
    countValue();
    switch (type) {
      case Leaf leaf -> {
        JsonNode value = leaves.read(reader, tag, leaf, false, depth);
        return value == null ? NODES.nullNode() : value;
      }
      case ObjectType object -> {
        reader.expect(tag, WireReader.BYTES);
        ObjectNode value = NODES.objectNode();
        object(reader.message(), object, value, depth + 1);
        return value;
      }
      case ListType list -> {
        if (!list.wrapped()) {
          throw new ProtobufException("a list of lists has no protobuf form: " + list);
        }
        return wrapped(reader, tag, list, depth);
      }
      case MapType map ->
        throw new ProtobufException("a list or map of maps has no protobuf form: " + map);
    }
  }

  private ArrayNode wrapped(WireReader reader, int tag, ListType list, int depth)
      throws ProtobufException {
    reader.expect(tag, WireReader.BYTES);
    WireReader message = reader.message();
    ArrayNode elements = NODES.arrayNode();
    while (message.hasMore()) {
      int inner = message.tag();
      if (inner >>> 3 == 1) {
        elements(message, inner, list.elements(), elements, depth + 1);
      } else {
        message.skip(inner);
      }
    }
    return elements;
  }

  private void entry(WireReader entry, Type type, ObjectNode entries, int depth)
      throws ProtobufException {
    String key = "";
    JsonNode value = null;
    while (entry.hasMore()) {
      int tag = entry.tag();
      switch (tag >>> 3) {
        case 1 -> {
          entry.expect(tag, WireReader.BYTES);
          key = entry.message().text();
        }
        case 2 -> {
          try {
            value = value(entry, tag, type, depth + 1);
          } catch (ProtobufException e) {
            throw e.at(key);
          }
        }
        default -> entry.skip(tag);
      }
    }
    entries.set(key, value == null ? absent(type) : value);
  }

  /** The value of an entry that names none. */
  private static JsonNode absent(Type type) {
    return switch (type) {
      case Leaf leaf ->
        switch (leaf) {
          case STRING -> NODES.textNode("");
          case QUANTITY -> NODES.textNode("0");
          case BOOLEAN -> NODES.booleanNode(false);
          case INT32, INT64, DOUBLE, INT_OR_STRING -> NODES.numberNode(0);
          default -> NODES.nullNode();
        };
      case ListType list -> NODES.arrayNode();
      default -> NODES.objectNode();
    };
  }

  static int wireType(Leaf leaf) {
    return switch (leaf) {
      case BOOLEAN, INT32, INT64 -> WireReader.VARINT;
      case DOUBLE -> WireReader.FIXED64;
      default -> WireReader.BYTES;
    };
  }

  private void countValue() throws ProtobufException {
    if (++values > limits.maxValues()) {
      throw new ProtobufException("more than " + limits.maxValues() + " values");
    }
  }
}
