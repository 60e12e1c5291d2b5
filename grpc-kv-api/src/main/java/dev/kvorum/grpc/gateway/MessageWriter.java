package dev.kvorum.grpc.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Writes messages in protobuf's JSON form as etcd's gateway does: names as in the protocol, 64-bit integers as strings,
 * bytes in Base64, enums by name, nothing for what has its default. Thread-safe.
 */
final class MessageWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private MessageWriter() {}

  /** {@code {...}} */
  static byte[] message(Message message) {
    return written(generator -> write(generator, message));
  }

  /** A message of a stream: {@code {"result":{...}}} */
  static byte[] result(Message message) {
    return written(generator -> {
      generator.writeStartObject();
      generator.writeFieldName("result");
      write(generator, message);
      generator.writeEndObject();
    });
  }

  /** {@code {"code":...,"message":"..."}} */
  static byte[] failure(Status status) {
    return written(generator -> write(generator, status));
  }

  /** The end of a stream that failed: {@code {"error":{"code":...,"message":"..."}}} */
  static byte[] streamFailure(Status status) {
    return written(generator -> {
      generator.writeStartObject();
      generator.writeFieldName("error");
      write(generator, status);
      generator.writeEndObject();
    });
  }

  private interface Writing {
    void to(JsonGenerator generator) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator generator = JSON.createGenerator(bytes)) {
      writing.to(generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator generator, Status status) throws IOException {
    generator.writeStartObject();
    generator.writeNumberField("code", status.getCode().value());
    String description = status.getDescription();
    if (description != null && !description.isEmpty()) {
      generator.writeStringField("message", description);
    }
    generator.writeEndObject();
  }

  private static void write(JsonGenerator generator, Message message) throws IOException {
    generator.writeStartObject();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      generator.writeFieldName(field.getName());
      if (field.isRepeated()) {
        generator.writeStartArray();
        for (Object element : (List<?>) entry.getValue()) {
          write(generator, field, element);
        }
        generator.writeEndArray();
      } else {
        write(generator, field, entry.getValue());
      }
    }
    generator.writeEndObject();
  }

  private static void write(JsonGenerator generator, FieldDescriptor field, Object value)
      throws IOException {
    switch (field.getJavaType()) {
      case MESSAGE -> write(generator, (Message) value);
      case BOOLEAN -> generator.writeBoolean((Boolean) value);
      case STRING -> generator.writeString((String) value);
      case BYTE_STRING -> generator.writeBinary(((ByteString) value).toByteArray());
      case INT ->
        generator.writeNumber(
            isUnsigned(field) ? Integer.toUnsignedLong((Integer) value) : (Integer) value);
      case LONG ->
        generator.writeString(
            isUnsigned(field) ? Long.toUnsignedString((Long) value) : Long.toString((Long) value));
      case ENUM -> {
        EnumValueDescriptor constant = (EnumValueDescriptor) value;
        if (field.getEnumType().findValueByNumber(constant.getNumber()) == null) {
          generator.writeNumber(constant.getNumber());
        } else {
          generator.writeString(constant.getName());
        }
      }
      case FLOAT, DOUBLE ->
        throw new IllegalStateException("no message of etcd's has a " + field.getType());
    }
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }
}
