package dev.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.schema.WireMember;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes an object's tree as its message, with the bytes that the API server itself would write: what is no pointer is
 * there even if it has its zero value. Fields that the type does not have are left out, null is none.
 */
final class MessageWriter {
  /** By bytes, as Go orders strings. */
  private static final Comparator<byte[]> BYTE_ORDER = Arrays::compareUnsigned;

  private static final JsonNode EMPTY = JsonNodeFactory.instance.objectNode();

  private final WireWriter writer;
  private final LeafWriter leaves;
  private final Limits limits;

  MessageWriter(ProtobufCodec codec, WireWriter writer, Limits limits) {
    this.writer = writer;
    this.leaves = new LeafWriter(codec, this, writer);
    this.limits = limits;
  }

  void object(JsonNode object, ObjectType type, int depth) throws ProtobufException {
    if (depth > limits.maxDepth()) {
      throw new ProtobufException("more than " + limits.maxDepth() + " messages inside each other");
    }
    if (!object.isObject()) {
      throw mismatch(object, "an object");
    }
    List<WireMember> wire = type.wire();
    if (wire == null) {
      throw new ProtobufException("this kind has no protobuf form");
    }
    for (int i = wire.size() - 1; i >= 0; i--) {
      switch (wire.get(i)) {
        case WireMember.Embedded embedded -> {
          int before = writer.size();
          object(object, embedded.type(), depth + 1);
          writer.close(embedded.number(), before);
        }
        case WireMember.Named named -> {
          JsonNode value = object.path(named.field().name());
          try {
            field(
                named.number(),
                named.field(),
                value.isNull() ? MissingNode.getInstance() : value,
                depth);
          } catch (ProtobufException e) {
            throw e.in(named.field().name());
          }
        }
      }
    }
  }

  private void field(int number, Field field, JsonNode value, int depth) throws ProtobufException {
    switch (field.type()) {
      case ListType list -> {
        if (value.isMissingNode()) {
          return;
        }
        if (list.wrapped()) {
          value(number, list, value, depth);
        } else {
          elements(number, list.elements(), value, depth);
        }
      }
      case MapType map -> {
        if (!value.isMissingNode()) {
          entries(number, map.values(), value, depth);
        }
      }
      case Leaf leaf -> {
        if (!value.isMissingNode()) {
          leaves.write(number, leaf, value, depth);
        } else if (!field.pointer()) {
          leaves.writeZero(number, leaf);
        }
      }
      case ObjectType type -> {
        if (!value.isMissingNode() || !field.pointer()) {
          value(number, type, value.isMissingNode() ? EMPTY : value, depth);
        }
      }
    }
  }

  private void elements(int number, Type type, JsonNode list, int depth) throws ProtobufException {
    if (!list.isArray()) {
      throw mismatch(list, "a list");
    }
    for (int i = list.size() - 1; i >= 0; i--) {
      try {
        value(number, type, list.get(i), depth);
      } catch (ProtobufException e) {
        throw e.at(i);
      }
    }
  }

  private void entries(int number, Type type, JsonNode map, int depth) throws ProtobufException {
    if (!map.isObject()) {
      throw mismatch(map, "a map");
    }
    List<String> descending = map.properties().stream()
        .map(Map.Entry::getKey)
        .sorted(
            Comparator.comparing((String key) -> key.getBytes(StandardCharsets.UTF_8), BYTE_ORDER)
                .reversed())
        .toList();
    for (String key : descending) {
      JsonNode value = map.path(key);
      int before = writer.size();
      try {
        if (!(value.isNull() && type == Leaf.BYTES)) {
          value(2, type, value, depth + 1);
        }
      } catch (ProtobufException e) {
        throw e.at(key);
      }
      writer.field(1, key);
      writer.close(number, before);
    }
  }

  /** A value that is there, of a field, in a list or in a map. */
  private void value(int number, Type type, JsonNode value, int depth) throws ProtobufException {
    switch (type) {
      case Leaf leaf -> {
        if (value.isNull()) {
          leaves.writeZero(number, leaf);
        } else {
          leaves.write(number, leaf, value, depth);
        }
      }
      case ObjectType object -> {
        int before = writer.size();
        object(value.isNull() ? EMPTY : value, object, depth + 1);
        writer.close(number, before);
      }
      case ListType list -> {
        if (!list.wrapped()) {
          throw new ProtobufException("a list of lists has no protobuf form: " + list);
        }
        int before = writer.size();
        if (!value.isNull()) {
          elements(1, list.elements(), value, depth + 1);
        }
        writer.close(number, before);
      }
      case MapType map ->
        throw new ProtobufException("a list or map of maps has no protobuf form: " + map);
    }
  }

  static ProtobufException mismatch(JsonNode value, String expected) {
    String found = switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL, MISSING -> "nothing";
    };
    return new ProtobufException(found + " where " + expected + " was expected");
  }
}
