package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Comparator;

/** Values of JSON, of which a number is what it is worth and not how it was written. */
final class Scalars {
  private static final Comparator<JsonNode> SAME = (one, other) -> {
    boolean same = bothNumbers(one, other) ? compareNumbers(one, other) == 0 : one.equals(other);
    return same ? 0 : 1;
  };

  private Scalars() {}

  /** Whether two values, of any kind, are the same. */
  static boolean equal(JsonNode one, JsonNode other) {
    return one.equals(SAME, other);
  }

  /** The value in the one form that all numbers worth the same have; others as they are. */
  static JsonNode canonical(JsonNode scalar) {
    if (!scalar.isNumber()) {
      return scalar;
    }
    if (scalar.isIntegralNumber() ? scalar.canConvertToLong() : isWholeLong(scalar.doubleValue())) {
      return JsonNodeFactory.instance.numberNode((Long) scalar.longValue());
    }
    return scalar;
  }

  private static boolean isWholeLong(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53;
  }

  /** Numbers, then strings, then booleans. */
  static int compare(JsonNode one, JsonNode other) {
    if (bothNumbers(one, other)) {
      return compareNumbers(one, other);
    }
    int byKind = Integer.compare(rank(one), rank(other));
    return byKind != 0 ? byKind : one.asText().compareTo(other.asText());
  }

  private static int rank(JsonNode scalar) {
    return scalar.isNumber() ? 0 : scalar.isTextual() ? 1 : scalar.isBoolean() ? 2 : 3;
  }

  private static boolean bothNumbers(JsonNode one, JsonNode other) {
    return one.isNumber() && other.isNumber();
  }

  private static int compareNumbers(JsonNode one, JsonNode other) {
    return one.decimalValue().compareTo(other.decimalValue());
  }
}
