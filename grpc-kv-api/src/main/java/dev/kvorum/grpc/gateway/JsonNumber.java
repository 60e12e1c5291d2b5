package dev.kvorum.grpc.gateway;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Integers as JSON may write them: {@code 1e3} and {@code 10.0} are integers too. */
final class JsonNumber {
  private static final Pattern GRAMMAR =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,4})?");

  /** Longer ones are not worth looking at: nothing that fits 64 bits needs them. */
  private static final int MAX_LENGTH = 100;

  private static final int MAX_DIGITS = 20;

  private JsonNumber() {}

  /** The integer that {@code text} stands for; null if it does not, or for one far beyond 64 bits. */
  static @Nullable BigInteger integer(String text) {
    if (text.length() > MAX_LENGTH || !GRAMMAR.matcher(text).matches()) {
      return null;
    }
    BigDecimal number = new BigDecimal(text);
    if (number.signum() == 0) {
      return BigInteger.ZERO;
    }
    number = number.stripTrailingZeros();
    return number.scale() > 0 || number.precision() - number.scale() > MAX_DIGITS
        ? null
        : number.toBigIntegerExact();
  }
}
