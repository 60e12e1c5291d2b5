package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.kvorum.apiserver.json.GoText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for numbers. Whole ones are compared as such, with bounds whose fraction is cut off. */
final class NumberRules {
  /** Beyond it, not every whole number is a floating one. */
  private static final double MAX_EXACT = (1L << 53) - 1;

  private static final double EPSILON = 1e-9;

  private NumberRules() {}

  static JsonNode node(long value) {
    return LongNode.valueOf(value);
  }

  /** Whether a floating number passes for a whole one: it is one, or close enough. */
  static boolean isWhole(double value) {
    if (!(Math.abs(value) <= MAX_EXACT)) {
      return false;
    }
    if (value == (long) value) {
      return true;
    }
    // A fraction: cut off towards zero.
    double cut = (long) value;
    double difference = Math.abs(value - cut);
    return cut != 0 && difference / (Math.abs(value) + Math.abs(cut)) < EPSILON;
  }

  static Outcome check(
      List<String> types, String format, Bounds bounds, JsonNode value, String path) {
    String type = types.size() == 1 ? types.getFirst() : "";
    boolean ofNumbers = type.equals("integer") || type.equals("number");
    String checked = ofNumbers && Formats.isFor(type, format) ? format : "";
    Outcome outcome = new Outcome();
    inRange(type, checked, value, "Checked", path, outcome);
    Double multipleOf = bounds.multipleOf();
    if (multipleOf != null) {
      boolean exact =
          inRange(type, checked, DoubleNode.valueOf(multipleOf), "MultipleOf", path, outcome);
      multipleOf(exact, multipleOf, value, path, outcome);
    }
    Double minimum = bounds.minimum();
    if (minimum != null) {
      boolean exact =
          inRange(type, checked, DoubleNode.valueOf(minimum), "Minimum boundary", path, outcome);
      int order = compare(exact, value, minimum);
      if (order < 0 || (order == 0 && bounds.exclusiveMinimum())) {
        String words = bounds.exclusiveMinimum() ? "greater than " : "greater than or equal to ";
        outOfBounds(exact, words, minimum, value, path, outcome);
      }
    }
    Double maximum = bounds.maximum();
    if (maximum != null) {
      boolean exact =
          inRange(type, checked, DoubleNode.valueOf(maximum), "Maximum boundary", path, outcome);
      int order = compare(exact, value, maximum);
      if (order > 0 || (order == 0 && bounds.exclusiveMaximum())) {
        String words = bounds.exclusiveMaximum() ? "less than " : "less than or equal to ";
        outOfBounds(exact, words, maximum, value, path, outcome);
      }
    }
    outcome.match();
    return outcome;
  }

  private static int compare(boolean exact, JsonNode value, double bound) {
    return exact && Values.isWhole(value)
        ? Long.compare(value.longValue(), (long) bound)
        : Double.compare(value.doubleValue() + 0.0, bound + 0.0);
  }

  private static void outOfBounds(
      boolean exact, String words, double bound, JsonNode value, String path, Outcome outcome) {
    boolean whole = exact && Values.isWhole(value);
    JsonNode shownBound = whole ? node((long) bound) : DoubleNode.valueOf(bound);
    outcome.invalid(
        path,
        exact ? value : DoubleNode.valueOf(value.doubleValue()),
        path + " in body should be " + words + GoText.of(shownBound));
  }

  private static void multipleOf(
      boolean exact, double factor, JsonNode value, String path, Outcome outcome) {
    boolean whole = exact && Values.isWhole(value);
    JsonNode shown = whole ? node((long) factor) : DoubleNode.valueOf(factor);
    if (whole ? (long) factor <= 0 : factor <= 0) {
      outcome.invalid(
          path,
          shown,
          "factor MultipleOf declared for " + path + " must be positive: " + GoText.of(shown));
      return;
    }
    double number = value.doubleValue();
    boolean isMultiple = whole
        ? value.longValue() % (long) factor == 0
        : isWhole(factor < 1 ? 1 / factor * number : number / factor);
    if (!isMultiple) {
      outcome.invalid(
          path,
          exact ? value : DoubleNode.valueOf(number),
          path + " in body should be a multiple of " + GoText.of(shown));
    }
  }

  /** Whether a number is one of that type and format. */
  private static boolean inRange(
      String type, String format, JsonNode value, String what, String path, Outcome outcome) {
    if (fits(type, format, value)) {
      return true;
    }
    outcome.invalidAsAWhole(what + " value must be of type " + type
        + (format.isEmpty() ? " (default format)" : " with format " + format) + " in " + path);
    return false;
  }

  private static boolean fits(String type, String format, JsonNode value) {
    if (type.equals("integer")) {
      Long whole = whole(value);
      return whole != null && (!format.equals("int32") || whole == whole.intValue());
    }
    // What rounds to the greatest number of 32 bits still is one.
    return !format.equals("float") || !Float.isInfinite((float) value.doubleValue());
  }

  /** Null if it has a fraction, or is too great. */
  private static @Nullable Long whole(JsonNode value) {
    if (Values.isWhole(value)) {
      return value.longValue();
    }
    double number = value.doubleValue();
    boolean is = number == Math.rint(number) && number >= -0x1p63 && number < 0x1p63;
    return is ? (Long) (long) number : null;
  }
}
