package dev.kvorum.apiserver.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** JSON values as Go prints them with {@code %v}, which messages of the Kubernetes API do. */
public final class GoText {
  private GoText() {}

  /** A value in full. */
  public static String of(JsonNode value) {
    if (value.isObject()) {
      Map<String, String> sorted = new TreeMap<>();
      value.properties().forEach(each -> sorted.put(each.getKey(), of(each.getValue())));
      return sorted.entrySet().stream()
          .map(each -> each.getKey() + ":" + each.getValue())
          .collect(Collectors.joining(" ", "map[", "]"));
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(GoText::of)
          .collect(Collectors.joining(" ", "[", "]"));
    }
    if (value.isNull() || value.isMissingNode()) {
      return "<nil>";
    }
    return value.isFloatingPointNumber() ? number(value.decimalValue()) : value.asText();
  }

  /** Positional from 1e-4 to below 1e6, else with an exponent of two digits at least. */
  private static String number(BigDecimal exact) {
    BigDecimal value = exact.stripTrailingZeros();
    int exponent = value.precision() - value.scale() - 1;
    if (value.signum() == 0 || (exponent >= -4 && exponent < 6)) {
      return value.toPlainString();
    }
    String digits = value.unscaledValue().abs().toString();
    return (value.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** The Go type that a decoded value has. */
  public static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "map[string]interface {}";
      case ARRAY -> "[]interface {}";
      case STRING -> "string";
      case BOOLEAN -> "bool";
      case NUMBER -> value.isIntegralNumber() ? "int64" : "float64";
      default -> "<nil>";
    };
  }

  /** A string in double quotes, as {@code strconv.Quote} has it. */
  public static String quoted(String text) {
    StringBuilder result = new StringBuilder("\"");
    text.codePoints().forEach(c -> {
      switch (c) {
        case '"' -> result.append("\\\"");
        case '\\' -> result.append("\\\\");
        case 7 -> result.append("\\a");
        case '\b' -> result.append("\\b");
        case '\f' -> result.append("\\f");
        case '\n' -> result.append("\\n");
        case '\r' -> result.append("\\r");
        case '\t' -> result.append("\\t");
        case 11 -> result.append("\\v");
        default -> {
          if (c == ' ' || isPrinted(c)) {
            result.appendCodePoint(c);
          } else if (c < ' ' || c == 0x7f) {
            result.append(String.format("\\x%02x", c));
          } else {
            result.append(c > 0xffff ? String.format("\\U%08x", c) : String.format("\\u%04x", c));
          }
        }
      }
    });
    return result.append('"').toString();
  }

  /** Letters, marks, numbers, punctuation and symbols. */
  private static boolean isPrinted(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}
