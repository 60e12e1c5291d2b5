package dev.kvorum.apiserver.codec;

import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.Status;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is done about fields that are not known or come twice. They are dropped in any case. */
public enum FieldValidation {
  IGNORE("Ignore"),
  /** The usual. */
  WARN("Warn"),
  STRICT("Strict");

  /** The values of the parameter {@code fieldValidation}, as a refusal of another one names them. */
  public static final List<String> VALUES = List.of("", "Ignore", "Strict", "Warn");

  private static final String YAML_ERRORS = "yaml: unmarshal errors:\n";

  private final String word;

  FieldValidation(String word) {
    this.word = word;
  }

  /** The one that a request asks for; null if there is no such one. */
  public static @Nullable FieldValidation of(@Nullable String word) {
    if (word == null || word.isEmpty()) {
      return WARN;
    }
    for (FieldValidation each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    return null;
  }

  /**
   * Says what to do about an object.
   *
   * @param expected the kind of the objects at that place
   * @return the warnings for the client
   * @throws CodecException (400) if the object is refused
   */
  public List<String> check(Decoded decoded, GroupVersionKind expected) throws CodecException {
    if (this == IGNORE || decoded.strictErrors().isEmpty()) {
      return List.of();
    }
    if (this == WARN) {
      return decoded.strictErrors().stream().flatMap(FieldValidation::lines).toList();
    }
    String apiVersion = decoded.object().path("apiVersion").asText();
    GroupVersionKind kind =
        GroupVersionKind.of(apiVersion, decoded.object().path("kind").asText());
    throw new CodecException(Status.badRequest(
        BodyDecoder.cannotBeHandled(kind, expected, strictText(decoded.strictErrors()))));
  }

  /** All in one, as refusals say it. */
  public static String strictText(List<String> strictErrors) {
    return "strict decoding error: " + String.join(", ", strictErrors);
  }

  /** The reader of YAML has one complaint for all that it complains of. */
  private static Stream<String> lines(String error) {
    return error.startsWith(YAML_ERRORS)
        ? error.substring(YAML_ERRORS.length()).lines().map(String::strip)
        : Stream.of(error);
  }
}
