package dev.kvorum.apiserver.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.kvorum.apiserver.json.GoJson;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a field of an object.
 *
 * @param field its path, as {@code spec.ports[0].port}
 * @param value that it has; null if that is not told
 * @param detail what is wrong; may be empty
 */
public record FieldError(Type type, String field, @Nullable JsonNode value, String detail) {

  /** The kinds of errors, with their reasons for programs and their words for people. */
  public enum Type {
    NOT_FOUND("FieldValueNotFound", "Not found"),
    REQUIRED("FieldValueRequired", "Required value"),
    DUPLICATE("FieldValueDuplicate", "Duplicate value"),
    INVALID("FieldValueInvalid", "Invalid value"),
    NOT_SUPPORTED("FieldValueNotSupported", "Unsupported value"),
    FORBIDDEN("FieldValueForbidden", "Forbidden"),
    TOO_LONG("FieldValueTooLong", "Too long"),
    TOO_MANY("FieldValueTooMany", "Too many"),
    TYPE_INVALID("FieldValueTypeInvalid", "Invalid value"),
    INTERNAL("InternalError", "Internal error");

    private final String reason;
    private final String words;

    Type(String reason, String words) {
      this.reason = reason;
      this.words = words;
    }

    /** For programs. */
    public String reason() {
      return reason;
    }
  }

  public static FieldError required(String field, String detail) {
    return new FieldError(Type.REQUIRED, field, null, detail);
  }

  public static FieldError invalid(String field, JsonNode value, String detail) {
    return new FieldError(Type.INVALID, field, value, detail);
  }

  public static FieldError forbidden(String field, String detail) {
    return new FieldError(Type.FORBIDDEN, field, null, detail);
  }

  public static FieldError duplicate(String field, JsonNode value) {
    return new FieldError(Type.DUPLICATE, field, value, "");
  }

  /** A value that is none of {@code supported}. */
  public static FieldError notSupported(String field, JsonNode value, List<String> supported) {
    String detail = supported.stream()
        .map(GoJson::quoted)
        .collect(Collectors.joining(", ", "supported values: ", ""));
    return new FieldError(Type.NOT_SUPPORTED, field, value, detail);
  }

  public static FieldError tooLong(String field, int maxBytes) {
    return new FieldError(
        Type.TOO_LONG,
        field,
        null,
        "may not be more than " + maxBytes + (maxBytes == 1 ? " byte" : " bytes"));
  }

  /** A value that is not of the type that the schema asks for. */
  public static FieldError typeInvalid(String field, JsonNode value, String detail) {
    return new FieldError(Type.TYPE_INVALID, field, value, detail);
  }

  /** More elements or members than there may be. */
  public static FieldError tooMany(String field, long actual, long max) {
    return new FieldError(
        Type.TOO_MANY,
        field,
        LongNode.valueOf(actual),
        "must have at most " + max + (max == 1 ? " item" : " items"));
  }

  /** What is wrong, without where. */
  String detailText() {
    StringBuilder text = new StringBuilder(type.words);
    if (value != null) {
      text.append(": ").append(GoJson.shown(value));
    }
    if (!detail.isEmpty()) {
      text.append(": ").append(detail);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return (field.isEmpty() ? "<nil>" : field) + ": " + detailText();
  }
}
