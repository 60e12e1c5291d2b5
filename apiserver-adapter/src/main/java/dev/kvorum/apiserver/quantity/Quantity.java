package dev.kvorum.apiserver.quantity;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of a resource, such as {@code 500m} or {@code 1536Mi}, and how it is written back (Kubernetes API: Quantity).
 *
 * <p>What is written as it would be written back keeps its form, small irregularities included, such as a leading plus.
 * Everything else is made canonical: no fraction, no more digits than needed, an exponent that is a multiple of three or a
 * power of 1024. Below a billionth is rounded up, away from zero.
 *
 * @param amount exact, or rounded to a billionth
 * @param text as the Kubernetes API writes it
 */
public record Quantity(BigDecimal amount, String text) implements Comparable<Quantity> {
  private enum Format {
    DECIMAL,
    EXPONENT,
    BINARY
  }

  /** What a suffix means: a power of 10, or of 2 in the binary format. */
  private record Scale(Format format, int exponent) {}

  private static final Pattern FORM =
      Pattern.compile("([+-]?)0*([0-9]*)(?:\\.([0-9]*))?([eEinumkKMGTP]*(?:[-+]?[0-9]*))");

  private static final Map<String, Scale> SUFFIXES = Map.ofEntries(
      Map.entry("n", new Scale(Format.DECIMAL, -9)),
      Map.entry("u", new Scale(Format.DECIMAL, -6)),
      Map.entry("m", new Scale(Format.DECIMAL, -3)),
      Map.entry("", new Scale(Format.DECIMAL, 0)),
      Map.entry("k", new Scale(Format.DECIMAL, 3)),
      Map.entry("M", new Scale(Format.DECIMAL, 6)),
      Map.entry("G", new Scale(Format.DECIMAL, 9)),
      Map.entry("T", new Scale(Format.DECIMAL, 12)),
      Map.entry("P", new Scale(Format.DECIMAL, 15)),
      Map.entry("E", new Scale(Format.DECIMAL, 18)),
      Map.entry("Ki", new Scale(Format.BINARY, 10)),
      Map.entry("Mi", new Scale(Format.BINARY, 20)),
      Map.entry("Gi", new Scale(Format.BINARY, 30)),
      Map.entry("Ti", new Scale(Format.BINARY, 40)),
      Map.entry("Pi", new Scale(Format.BINARY, 50)),
      Map.entry("Ei", new Scale(Format.BINARY, 60)));

  private static final String[] DECIMAL_SUFFIXES = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"
  };
  private static final String[] BINARY_SUFFIXES = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  private static final int LARGEST_DECIMAL = 18;

  private static final int NANO = 9;
  /** Beyond so many digits a number is not looked at for being canonical already. */
  private static final int PLAIN_DIGITS = 18;

  private static final BigDecimal MAX_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final BigInteger KIBI_INTEGER = BigInteger.valueOf(1024);

  /** More than any amount needs; keeps an exponent from costing memory. */
  private static final int MAX_EXPONENT = 1000;

  /**
   * Understands a quantity.
   *
   * @throws QuantityException with the words of the Kubernetes API
   */
  public static Quantity parse(String text) throws QuantityException {
    Matcher form = FORM.matcher(text);
    if (text.isEmpty() || !form.matches()) {
      throw QuantityException.form();
    }
    boolean negative = form.group(1).equals("-");
    String whole = form.group(2).isEmpty() ? "0" : form.group(2);
    String fraction = form.group(3) == null ? "" : form.group(3);
    Scale scale = scale(form.group(4));
    if (text.equals("0")) {
      return new Quantity(BigDecimal.ZERO, text);
    }
    BigDecimal unsigned = new BigDecimal(new BigInteger(whole + fraction), fraction.length());
    unsigned = scale.format == Format.BINARY
        ? unsigned.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(scale.exponent)))
        : unsigned.scaleByPowerOfTen(scale.exponent);
    if (isPlain(whole, fraction, scale)) {
      BigDecimal amount = negative ? unsigned.negate() : unsigned;
      return new Quantity(
          amount, isCanonical(whole, fraction, scale) ? text : canonical(amount, scale.format));
    }
    BigDecimal rounded =
        unsigned.setScale(Math.min(NANO, Math.max(0, unsigned.scale())), RoundingMode.UP);
    Format format = scale.format;
    if (format == Format.BINARY) {
      rounded = rounded.min(MAX_BINARY);
      if (rounded.compareTo(BigDecimal.ONE) < 0) {
        format = Format.DECIMAL;
      }
    }
    BigDecimal amount = negative ? rounded.negate() : rounded;
    return new Quantity(amount, canonical(amount, format));
  }

  private static Scale scale(String suffix) throws QuantityException {
    Scale known = SUFFIXES.get(suffix);
    if (known != null) {
      return known;
    }
    if (suffix.length() > 1 && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E')) {
      try {
        int exponent = Integer.parseInt(suffix.substring(1));
        if (Math.abs(exponent) <= MAX_EXPONENT) {
          return new Scale(Format.EXPONENT, exponent);
        }
      } catch (NumberFormatException e) {
        throw QuantityException.suffix();
      }
    }
    throw QuantityException.suffix();
  }

  /** Whether it is exact without any rounding, and small enough to be looked at digit by digit. */
  private static boolean isPlain(String whole, String fraction, Scale scale) {
    int digits = whole.length() + fraction.length();
    if (scale.format == Format.BINARY) {
      return fraction.isEmpty() && 15 - whole.length() - scale.exponent * 3 / 10 - 1 >= 0;
    }
    return digits <= PLAIN_DIGITS && scale.exponent - fraction.length() >= -NANO;
  }

  /** Whether it may stay as it is written. */
  private static boolean isCanonical(String whole, String fraction, Scale scale) {
    String digits = whole + fraction;
    if (scale.format == Format.BINARY) {
      return (Long.parseLong(digits) & 7) != 0;
    }
    return (scale.exponent - fraction.length()) % 3 == 0
        && !digits.endsWith("000")
        && digits.charAt(0) != '0';
  }

  private static String canonical(BigDecimal amount, Format format) {
    if (amount.signum() == 0) {
      return "0";
    }
    if (format == Format.BINARY) {
      BigDecimal stripped = amount.stripTrailingZeros();
      if (amount.abs().compareTo(KIBI) >= 0 && stripped.scale() <= 0) {
        return binary(stripped.toBigIntegerExact());
      }
    }
    BigDecimal shortest = amount.stripTrailingZeros();
    int exponent = Math.floorDiv(-shortest.scale(), 3) * 3;
    if (format != Format.EXPONENT) {
      exponent = Math.min(exponent, LARGEST_DECIMAL);
    }
    String digits = shortest.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
    if (format == Format.EXPONENT) {
      return exponent == 0 ? digits : digits + "e" + exponent;
    }
    return digits + DECIMAL_SUFFIXES[(exponent + NANO) / 3];
  }

  private static String binary(BigInteger amount) {
    BigInteger left = amount;
    int power = 0;
    while (power < BINARY_SUFFIXES.length - 1) {
      BigInteger[] parts = left.divideAndRemainder(KIBI_INTEGER);
      if (parts[1].signum() != 0) {
        break;
      }
      left = parts[0];
      power++;
    }
    return left + BINARY_SUFFIXES[power];
  }

  @Override
  public int compareTo(Quantity other) {
    return amount.compareTo(other.amount);
  }

  /** Whether both are the same amount, however written. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Quantity that && amount.compareTo(that.amount) == 0;
  }

  @Override
  public int hashCode() {
    return amount.stripTrailingZeros().hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
