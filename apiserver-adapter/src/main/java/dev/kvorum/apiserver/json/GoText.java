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
}
