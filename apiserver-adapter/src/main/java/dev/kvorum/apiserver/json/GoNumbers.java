package dev.kvorum.apiserver.json;

import java.math.BigDecimal;

/** Doubles as Go writes them. */
public final class GoNumbers {
  /** The exponent from which on the shortest form is not positional. */
  private static final int MAX_POSITIONAL = 6;

  private GoNumbers() {}

  /** As in JSON: positional from 1e-6 to below 1e21. */
  public static String json(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-6 || size >= 1e21)) {
      return exponential(new BigDecimal(Double.toString(value)).stripTrailingZeros(), 1);
    }
    return positional(value, Double.toString(value));
  }

  /** The shortest form ({@code %g}): positional from 1e-4 to below 1e6, otherwise with two digits of exponent at least. */
  public static String shortest(double value) {
    return shortest(value, Double.toString(value));
  }

  /** As {@link #shortest(double)}, with no more digits than a float of 32 bits has. */
  public static String shortest(float value) {
    return shortest(value, Float.toString(value));
  }

  private static String shortest(double value, String digits) {
    if (value == 0) {
      return positional(value, digits);
    }
    BigDecimal exact = new BigDecimal(digits).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    return exponent < -4 || exponent >= MAX_POSITIONAL
        ? exponential(exact, 2)
        : positional(value, digits);
  }

  private static String positional(double value, String digits) {
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    return new BigDecimal(digits).stripTrailingZeros().toPlainString();
  }

  private static String exponential(BigDecimal exact, int exponentDigits) {
    int exponent = exact.precision() - exact.scale() - 1;
    String digits = exact.unscaledValue().abs().toString();
    String power = String.valueOf(Math.abs(exponent));
    return (exact.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + "0".repeat(Math.max(0, exponentDigits - power.length()))
        + power;
  }
}
