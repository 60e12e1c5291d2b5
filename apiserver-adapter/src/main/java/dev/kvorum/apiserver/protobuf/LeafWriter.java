package dev.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.schema.Leaf;
import java.time.Instant;
import java.util.Base64;

/** Writes values that JSON writes otherwise than protobuf does. */
final class LeafWriter {
  private final ProtobufCodec codec;
  private final MessageWriter messages;
  private final WireWriter writer;

  LeafWriter(ProtobufCodec codec, MessageWriter messages, WireWriter writer) {
    this.codec = codec;
    this.messages = messages;
    this.writer = writer;
  }

  /** What is written for a field that is no pointer and not there. */
  void writeZero(int number, Leaf leaf) {
    switch (leaf) {
      case BOOLEAN, INT32, INT64, DURATION -> writer.field(number, 0);
      case DOUBLE -> {
        writer.fixed64(0);
        writer.tag(number, WireReader.FIXED64);
      }
      case STRING -> writer.field(number, "");
      case BYTES -> {
        // None and empty are different bytes.
      }
      case QUANTITY -> wrapped(number, "0");
      case INT_OR_STRING -> intOrString(number, 0, 0, "");
      case TIME, MICRO_TIME, RAW_EXTENSION, JSON, FIELDS_V1, SCHEMA_OR_ARRAY, SCHEMA_OR_STRINGS ->
        writer.field(number, "");
      case SCHEMA_OR_BOOL -> {
        int before = writer.size();
        writer.field(1, 0);
        writer.close(number, before);
      }
    }
  }

  void write(int number, Leaf leaf, JsonNode value, int depth) throws ProtobufException {
    switch (leaf) {
      case BOOLEAN -> {
        if (!value.isBoolean()) {
          throw MessageWriter.mismatch(value, "true or false");
        }
        writer.field(number, value.booleanValue() ? 1 : 0);
      }
      case INT32 -> {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
          throw MessageWriter.mismatch(value, "a whole number of 32 bits");
        }
        writer.field(number, value.intValue());
      }
      case INT64 -> {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
          throw MessageWriter.mismatch(value, "a whole number of 64 bits");
        }
        writer.field(number, value.longValue());
      }
      case DOUBLE -> {
        if (!value.isNumber()) {
          throw MessageWriter.mismatch(value, "a number");
        }
        writer.fixed64(value.doubleValue());
        writer.tag(number, WireReader.FIXED64);
      }
      case STRING -> writer.field(number, text(value));
      case BYTES -> writer.field(number, bytes(text(value)));
      case QUANTITY -> wrapped(number, value.isNumber() ? value.asText() : text(value));
      case INT_OR_STRING -> {
        if (value.isIntegralNumber() && value.canConvertToInt()) {
          intOrString(number, 0, value.intValue(), "");
        } else if (value.isTextual()) {
          intOrString(number, 1, 0, value.textValue());
        } else {
          throw MessageWriter.mismatch(value, "a whole number of 32 bits or a string");
        }
      }
      case TIME -> time(number, text(value), false);
      case MICRO_TIME -> time(number, text(value), true);
      case DURATION -> throw new ProtobufException("durations are not part of any built-in kind");
      case RAW_EXTENSION, JSON, FIELDS_V1 -> {
        int before = writer.size();
        writer.field(1, EmbeddedJson.write(value));
        writer.close(number, before);
      }
      case SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS -> {
        int before = writer.size();
        schemaOr(leaf, value, depth + 1);
        writer.close(number, before);
      }
    }
  }

  private void schemaOr(Leaf leaf, JsonNode value, int depth) throws ProtobufException {
    if (value.isObject()) {
      int before = writer.size();
      messages.object(value, codec.customSchema(), depth + 1);
      writer.close(leaf == Leaf.SCHEMA_OR_BOOL ? 2 : 1, before);
      if (leaf == Leaf.SCHEMA_OR_BOOL) {
        writer.field(1, 1);
      }
    } else if (leaf == Leaf.SCHEMA_OR_BOOL && value.isBoolean()) {
      writer.field(1, value.booleanValue() ? 1 : 0);
    } else if (leaf != Leaf.SCHEMA_OR_BOOL && value.isArray()) {
      for (int i = value.size() - 1; i >= 0; i--) {
        if (leaf == Leaf.SCHEMA_OR_STRINGS) {
          writer.field(2, text(value.get(i)));
        } else {
          int before = writer.size();
          messages.object(value.get(i), codec.customSchema(), depth + 1);
          writer.close(2, before);
        }
      }
    } else {
      throw MessageWriter.mismatch(
          value, leaf == Leaf.SCHEMA_OR_BOOL ? "a schema, true or false" : "a schema or a list");
    }
  }

  private void wrapped(int number, String text) {
    int before = writer.size();
    writer.field(1, text);
    writer.close(number, before);
  }

  private void intOrString(int number, int type, int value, String text) {
    int before = writer.size();
    writer.field(3, text);
    writer.field(2, value);
    writer.field(1, type);
    writer.close(number, before);
  }

  private void time(int number, String text, boolean micros) throws ProtobufException {
    Instant instant = Timestamps.parse(text);
    int before = writer.size();
    if (instant != null) {
      writer.field(2, micros ? instant.getNano() / 1000 * 1000 : 0);
      writer.field(1, instant.getEpochSecond());
    }
    writer.close(number, before);
  }

  private static String text(JsonNode value) throws ProtobufException {
    if (!value.isTextual()) {
      throw MessageWriter.mismatch(value, "a string");
    }
    return value.textValue();
  }

  private static byte[] bytes(String base64) throws ProtobufException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ProtobufException("not base64: " + e.getMessage());
    }
  }
}
