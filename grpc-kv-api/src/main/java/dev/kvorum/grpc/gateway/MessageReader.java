package dev.kvorum.grpc.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages in protobuf's JSON form, as lenient and as strict as protobuf for Go is: names in either case, numbers
 * as strings, bytes in both kinds of Base64, enums by name or number, unknown fields and enum names ignored; a field given
 * twice, or a second one of a oneof, refused. Thread-safe.
 */
final class MessageReader {
  /** Messages within messages; each is a frame on the stack. */
  private static final int MAX_DEPTH = 100;

  private final JsonFactory json;
  private final Map<Descriptor, Map<String, FieldDescriptor>> fields = new ConcurrentHashMap<>();

  /** Reads texts of up to {@code maxBytes}. */
  MessageReader(int maxBytes) {
    json = JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(maxBytes).build())
        .build();
  }

  /** Reads the first value of {@code text}; a text without a value is an empty message. What follows is ignored. */
  Message read(byte[] text, Message prototype) throws BadRequest {
    try (JsonParser parser = json.createParser(decoded(text))) {
      JsonToken first = parser.nextToken();
      Message.Builder message = prototype.newBuilderForType();
      if (first != null) {
        readMessage(parser, message, 0);
      }
      return message.buildPartial();
    } catch (JsonProcessingException e) {
      throw new BadRequest("invalid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new BadRequest("invalid JSON: " + e.getMessage());
    }
  }

  private static String decoded(byte[] text) throws BadRequest {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequest("invalid UTF-8");
    }
  }

  private void readMessage(JsonParser parser, Message.Builder target, int depth)
      throws IOException, BadRequest {
    Descriptor type = target.getDescriptorForType();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new BadRequest("expected an object for " + type.getName());
    }
    if (depth == MAX_DEPTH) {
      throw new BadRequest("nested too deeply");
    }
    Map<String, FieldDescriptor> known = fieldsOf(type);
    Set<FieldDescriptor> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      FieldDescriptor field = known.get(parser.currentName());
      JsonToken value = parser.nextToken();
      if (field == null) {
        parser.skipChildren();
        continue;
      }
      if (!seen.add(field)) {
        throw new BadRequest("duplicate field \"" + field.getName() + "\"");
      }
      if (value == JsonToken.VALUE_NULL) {
        continue;
      }
      OneofDescriptor oneof = field.getContainingOneof();
      if (oneof != null && target.hasOneof(oneof)) {
        throw new BadRequest("oneof " + oneof.getName() + " is set more than once");
      }
      if (field.isRepeated()) {
        readList(parser, target, field, depth);
      } else {
        Object single = readValue(parser, target, field, depth);
        if (single != null) {
          target.setField(field, single);
        }
      }
    }
  }

  private void readList(JsonParser parser, Message.Builder target, FieldDescriptor field, int depth)
      throws IOException, BadRequest {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new BadRequest("expected an array for " + field.getName());
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Object element = readValue(parser, target, field, depth);
      if (element != null) {
        target.addRepeatedField(field, element);
      }
    }
  }

  /** Null for an enum value that is not known: it is ignored like a field that is not. */
  private @Nullable Object readValue(
      JsonParser parser, Message.Builder target, FieldDescriptor field, int depth)
      throws IOException, BadRequest {
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        Message.Builder nested = target.newBuilderForField(field);
        readMessage(parser, nested, depth + 1);
        yield nested.buildPartial();
      }
      case BOOLEAN ->
        switch (parser.currentToken()) {
          case VALUE_TRUE -> true;
          case VALUE_FALSE -> false;
          default -> throw invalid(field, parser);
        };
      case STRING -> text(parser, field);
      case BYTE_STRING -> bytes(parser, field);
      case ENUM -> enumValue(parser, field);
      case INT -> {
        boolean unsigned = field.getType() == FieldDescriptor.Type.UINT32
            || field.getType() == FieldDescriptor.Type.FIXED32;
        yield integer(parser, field, 32, unsigned).intValue();
      }
      case LONG -> {
        boolean unsigned = field.getType() == FieldDescriptor.Type.UINT64
            || field.getType() == FieldDescriptor.Type.FIXED64;
        yield integer(parser, field, 64, unsigned).longValue();
      }
      case FLOAT, DOUBLE ->
        throw new IllegalStateException("no message of etcd's has a " + field.getType());
    };
  }

  private static String text(JsonParser parser, FieldDescriptor field)
      throws IOException, BadRequest {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw invalid(field, parser);
    }
    String text = parser.getText();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new BadRequest("invalid Unicode in " + field.getName());
    }
    return text;
  }

  private static ByteString bytes(JsonParser parser, FieldDescriptor field)
      throws IOException, BadRequest {
    String text = text(parser, field);
    boolean url = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    boolean padded = text.length() % 4 == 0; // line ends included, as in Go
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      text = text.replace("\n", "").replace("\r", "");
    }
    if (padded ? text.length() % 4 != 0 : text.indexOf('=') >= 0) {
      throw new BadRequest("invalid padding of bytes field " + field.getName());
    }
    try {
      return ByteString.copyFrom((url ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text));
    } catch (IllegalArgumentException e) {
      throw new BadRequest("invalid value for bytes field " + field.getName());
    }
  }

  private static @Nullable EnumValueDescriptor enumValue(JsonParser parser, FieldDescriptor field)
      throws IOException, BadRequest {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return field.getEnumType().findValueByName(parser.getText());
    }
    int number = integer(parser, field, 32, false).intValue();
    return field.getEnumType().findValueByNumberCreatingIfUnknown(number);
  }

  private static BigInteger integer(
      JsonParser parser, FieldDescriptor field, int bits, boolean unsigned)
      throws IOException, BadRequest {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT
        && token != JsonToken.VALUE_NUMBER_FLOAT
        && (token != JsonToken.VALUE_STRING
            || field.getJavaType() == FieldDescriptor.JavaType.ENUM)) {
      throw invalid(field, parser);
    }
    BigInteger value = JsonNumber.integer(parser.getText());
    if (value == null
        || (unsigned
            ? value.signum() < 0 || value.bitLength() > bits
            : value.bitLength() >= bits)) {
      throw invalid(field, parser);
    }
    return value;
  }

  private static BadRequest invalid(FieldDescriptor field, JsonParser parser) {
    return new BadRequest(
        "invalid value for " + field.getType().name().toLowerCase(java.util.Locale.ROOT)
            + " field " + field.getName() + " at offset "
            + parser.currentTokenLocation().getCharOffset());
  }

  private Map<String, FieldDescriptor> fieldsOf(Descriptor type) {
    return fields.computeIfAbsent(type, descriptor -> {
      Map<String, FieldDescriptor> byName = new HashMap<>();
      for (FieldDescriptor field : descriptor.getFields()) {
        byName.put(field.getName(), field);
        byName.put(field.getJsonName(), field);
      }
      return byName;
    });
  }
}
