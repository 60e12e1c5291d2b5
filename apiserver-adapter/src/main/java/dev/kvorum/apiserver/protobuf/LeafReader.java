package dev.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Leaf;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Makes JSON from values that JSON writes otherwise than protobuf does. */
final class LeafReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Whole numbers up to this one are written without a fraction. */
  private static final double EXACT = 1e15;

  private final ProtobufCodec codec;
  private final MessageReader messages;

  LeafReader(ProtobufCodec codec, MessageReader messages) {
    this.codec = codec;
    this.messages = messages;
  }

  /**
   * Reads one.
   *
   * @param dropZero a number or name that is 0 counts as none
   * @return null if it is none
   */
  @Nullable
  JsonNode read(WireReader reader, int tag, Leaf leaf, boolean dropZero, int depth)
      throws ProtobufException {
    reader.expect(tag, MessageReader.wireType(leaf));
    return switch (leaf) {
      case BOOLEAN -> NODES.booleanNode(reader.varint() != 0);
      case INT32 -> NODES.numberNode((int) reader.varint());
      case INT64 -> whole(reader.varint());
      case DOUBLE -> number(reader.fixed64());
      case STRING -> NODES.textNode(reader.message().text());
      case BYTES ->
        NODES.textNode(Base64.getEncoder().encodeToString(reader.message().rest()));
      case QUANTITY -> NODES.textNode(quantity(reader.message()));
      case INT_OR_STRING -> intOrString(reader.message(), dropZero);
      case TIME -> time(reader.message(), false);
      case MICRO_TIME -> time(reader.message(), true);
      case DURATION -> throw new ProtobufException("durations are not part of any built-in kind");
      case RAW_EXTENSION -> raw(reader.message(), true, depth);
      case JSON, FIELDS_V1 -> raw(reader.message(), false, depth);
      case SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS ->
        schemaOr(reader.message(), leaf, depth);
    };
  }

  private static JsonNode number(double value) throws ProtobufException {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new ProtobufException(value + " is not a number in JSON");
    }
    boolean whole = Math.rint(value) == value && Math.abs(value) < EXACT;
    return whole ? whole((long) value) : NODES.numberNode(value);
  }

  /** As a parser of JSON makes it, so that equal trees are equal. */
  private static JsonNode whole(long value) {
    return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
  }

  private static String quantity(WireReader reader) throws ProtobufException {
    String text = "";
    while (reader.hasMore()) {
      int tag = reader.tag();
      if (tag >>> 3 == 1) {
        reader.expect(tag, WireReader.BYTES);
        text = reader.message().text();
      } else {
        reader.skip(tag);
      }
    }
    return text.isEmpty() ? "0" : text;
  }

  private static @Nullable JsonNode intOrString(WireReader reader, boolean dropZero)
      throws ProtobufException {
    long type = 0;
    int number = 0;
    String text = "";
    while (reader.hasMore()) {
      int tag = reader.tag();
      switch (tag >>> 3) {
        case 1 -> {
          reader.expect(tag, WireReader.VARINT);
          type = reader.varint();
        }
        case 2 -> {
          reader.expect(tag, WireReader.VARINT);
          number = (int) reader.varint();
        }
        case 3 -> {
          reader.expect(tag, WireReader.BYTES);
          text = reader.message().text();
        }
        default -> reader.skip(tag);
      }
    }
    if (type == 1) {
      return NODES.textNode(text);
    }
    if (type != 0) {
      throw new ProtobufException("neither a number nor a string, but of type " + type);
    }
    return dropZero && number == 0 ? null : NODES.numberNode(number);
  }

  private static @Nullable JsonNode time(WireReader reader, boolean micros)
      throws ProtobufException {
    if (!reader.hasMore()) {
      return null;
    }
    long seconds = 0;
    long nanos = 0;
    while (reader.hasMore()) {
      int tag = reader.tag();
      switch (tag >>> 3) {
        case 1 -> {
          reader.expect(tag, WireReader.VARINT);
          seconds = reader.varint();
        }
        case 2 -> {
          reader.expect(tag, WireReader.VARINT);
          nanos = (int) reader.varint();
        }
        default -> reader.skip(tag);
      }
    }
    String text = Timestamps.text(seconds, micros ? nanos : 0, micros);
    return text == null ? null : NODES.textNode(text);
  }

  /** JSON, or an object in its envelope. */
  private @Nullable JsonNode raw(WireReader reader, boolean mayBeObject, int depth)
      throws ProtobufException {
    byte[] bytes = new byte[0];
    while (reader.hasMore()) {
      int tag = reader.tag();
      if (tag >>> 3 == 1) {
        reader.expect(tag, WireReader.BYTES);
        bytes = reader.message().rest();
      } else {
        reader.skip(tag);
      }
    }
    if (bytes.length == 0) {
      return null;
    }
    if (mayBeObject && Envelope.isOne(bytes)) {
      return codec.decode(Envelope.read(bytes), null, messages, depth + 1);
    }
    JsonNode parsed = EmbeddedJson.parse(bytes);
    return parsed.isMissingNode() || parsed.isNull() ? null : parsed;
  }

  private @Nullable JsonNode schemaOr(WireReader reader, Leaf leaf, int depth)
      throws ProtobufException {
    int schemaNumber = leaf == Leaf.SCHEMA_OR_BOOL ? 2 : 1;
    ObjectNode schema = null;
    ArrayNode list = NODES.arrayNode();
    boolean allows = false;
    while (reader.hasMore()) {
      int tag = reader.tag();
      int number = tag >>> 3;
      if (number != 1 && number != 2) {
        reader.skip(tag);
      } else if (number == schemaNumber) {
        reader.expect(tag, WireReader.BYTES);
        schema = schema == null ? NODES.objectNode() : schema;
        messages.object(reader.message(), codec.customSchema(), schema, depth + 1);
      } else if (leaf == Leaf.SCHEMA_OR_BOOL) {
        reader.expect(tag, WireReader.VARINT);
        allows = reader.varint() != 0;
      } else if (leaf == Leaf.SCHEMA_OR_ARRAY) {
        reader.expect(tag, WireReader.BYTES);
        messages.object(reader.message(), codec.customSchema(), list.addObject(), depth + 1);
      } else {
        reader.expect(tag, WireReader.BYTES);
        list.add(reader.message().text());
      }
    }
    if (leaf == Leaf.SCHEMA_OR_BOOL) {
      return schema != null ? schema : NODES.booleanNode(allows);
    }
    return !list.isEmpty() ? list : schema;
  }
}
