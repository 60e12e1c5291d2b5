package dev.kvorum.apiserver.builtin;

import dev.kvorum.apiserver.quantity.Quantity;
import dev.kvorum.apiserver.quantity.QuantityException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Amounts of resources. */
final class Amounts {
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final int MILLI = 3;
  private static final Pattern EXPONENT = Pattern.compile(".*[eE][-+]?[0-9]+");

  private Amounts() {}

  /** To thousandths, away from zero. */
  static String roundUp(String text) {
    try {
      BigDecimal amount = Quantity.parse(text).amount().stripTrailingZeros();
      if (amount.scale() <= MILLI) {
        return text;
      }
      String digits = amount.setScale(MILLI, RoundingMode.UP).unscaledValue().toString();
      return Quantity.parse(digits + (EXPONENT.matcher(text).matches() ? "e-3" : "m"))
          .text();
    } catch (QuantityException e) {
      throw new IllegalArgumentException("not in canonical form: " + text, e);
    }
  }

  /** Two of them together, in the form of the first. */
  static String sum(String first, String second) {
    try {
      BigDecimal sum =
          Quantity.parse(first).amount().add(Quantity.parse(second).amount()).stripTrailingZeros();
      if (first.endsWith("i") && sum.scale() <= 0 && sum.remainder(KIBI).signum() == 0) {
        return Quantity.parse(sum.divide(KIBI).toBigIntegerExact() + "Ki").text();
      }
      return Quantity.parse(sum.toPlainString()).text();
    } catch (QuantityException e) {
      throw new IllegalArgumentException("not in canonical form: " + first + ", " + second, e);
    }
  }

  static String larger(String first, String second) {
    try {
      return Quantity.parse(first).compareTo(Quantity.parse(second)) >= 0 ? first : second;
    } catch (QuantityException e) {
      throw new IllegalArgumentException("not in canonical form: " + first + ", " + second, e);
    }
  }
}
