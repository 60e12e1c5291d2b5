package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.json.GoJson;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Values as the API tells them apart: a number is a whole one (of 64 bits, written without a point) or a floating one, and
 * the two are never the same.
 */
public final class Values {
  private static final Comparator<JsonNode> SAME = (one, other) -> {
    if (!one.isNumber() || !other.isNumber()) {
      return one.equals(other) ? 0 : 1;
    }
    if (isWhole(one) != isWhole(other)) {
      return 1;
    }
    boolean same = isWhole(one)
        ? one.longValue() == other.longValue()
        : one.doubleValue() == other.doubleValue();
    return same ? 0 : 1;
  };

  private Values() {}

  /** Whether two values, of any kind, are the same. */
  public static boolean equal(@Nullable JsonNode one, @Nullable JsonNode other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.equals(SAME, other);
  }

  static boolean isWhole(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong();
  }

  static boolean isFloating(JsonNode value) {
    return value.isNumber() && !isWhole(value);
  }

  /** What JSON calls its type. */
  static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NUMBER -> isWhole(value) ? "integer" : "number";
      default -> "null";
    };
  }

  /** A text that two values have in common if, and only if, they are the same. */
  static String identity(JsonNode value) {
    return typeOf(value) + GoJson.of(GoJson.sorted(value));
  }

  /** A field's path. */
  public static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
