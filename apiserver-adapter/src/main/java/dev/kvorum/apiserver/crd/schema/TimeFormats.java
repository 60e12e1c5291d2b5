package dev.kvorum.apiserver.crd.schema;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Dates, times and durations. */
final class TimeFormats {
  private static final Pattern DATE = Pattern.compile("^([0-9]{4})-([0-9]{2})-([0-9]{2})$");
  private static final Pattern TIME =
      Pattern.compile("^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$");
  private static final Pattern GO_PART = Pattern.compile("^([0-9]*)(\\.[0-9]*)?([^0-9.]+)");
  private static final Pattern PART = Pattern.compile("((\\d+)\\s*([A-Za-zµ]+))");

  private static final Map<String, BigDecimal> NANOS = Map.of(
      "ns", BigDecimal.ONE,
      "us", new BigDecimal("1e3"),
      "µs", new BigDecimal("1e3"),
      "μs", new BigDecimal("1e3"),
      "ms", new BigDecimal("1e6"),
      "s", new BigDecimal("1e9"),
      "m", new BigDecimal("6e10"),
      "h", new BigDecimal("36e11"));

  /** Of each unit, the last is one that longer words may begin with. */
  private static final List<List<String>> UNITS = List.of(
      List.of("ns", "nano"),
      List.of("us", "µs", "micro"),
      List.of("ms", "milli"),
      List.of("s", "sec"),
      List.of("m", "min"),
      List.of("h", "hr", "hour"),
      List.of("d", "day"),
      List.of("w", "wk", "week"));

  private TimeFormats() {}

  /** A day that there is: {@code 2006-01-02}. */
  static boolean isDate(String text) {
    Matcher matcher = DATE.matcher(text);
    if (!matcher.find()) {
      return false;
    }
    int month = Integer.parseInt(matcher.group(2));
    int day = Integer.parseInt(matcher.group(3));
    return month >= 1
        && month <= 12
        && day >= 1
        && day <= YearMonth.of(Integer.parseInt(matcher.group(1)), month).lengthOfMonth();
  }

  /** A date, T and a time with its zone. */
  static boolean isDateTime(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split("t", -1);
    if (parts.length < 2 || !isDate(parts[0])) {
      return false;
    }
    Matcher matcher = TIME.matcher(parts[1]);
    return matcher.find()
        && matcher.group(1).compareTo("23") <= 0
        && matcher.group(2).compareTo("59") <= 0
        && matcher.group(3).compareTo("59") <= 0;
  }

  /** As Go writes it ({@code 1h2m3.5s}), or any text with a number and a unit in it ({@code 2 days}). */
  static boolean isDuration(String text) {
    return isGoDuration(text) || hasNumberWithUnit(text);
  }

  private static boolean isGoDuration(String text) {
    String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return true;
    }
    if (rest.isEmpty()) {
      return false;
    }
    BigDecimal nanos = BigDecimal.ZERO;
    while (!rest.isEmpty()) {
      Matcher matcher = GO_PART.matcher(rest);
      if (!matcher.find()) {
        return false;
      }
      String whole = matcher.group(1);
      String fraction = matcher.group(2) == null ? "" : matcher.group(2).substring(1);
      BigDecimal unit = NANOS.get(matcher.group(3));
      if (unit == null || (whole.isEmpty() && fraction.isEmpty())) {
        return false;
      }
      nanos = nanos.add(new BigDecimal("0" + whole + "." + fraction + "0").multiply(unit));
      rest = rest.substring(matcher.end());
    }
    BigDecimal limit = BigDecimal.valueOf(Long.MAX_VALUE)
        .add(text.startsWith("-") ? BigDecimal.ONE : BigDecimal.ZERO);
    return nanos.compareTo(limit.add(BigDecimal.ONE)) < 0;
  }

  private static boolean hasNumberWithUnit(String text) {
    Matcher matcher = PART.matcher(text);
    boolean found = false;
    while (matcher.find()) {
      if (!isLong(matcher.group(2))) {
        return false;
      }
      String unit = matcher.group(3).toLowerCase(Locale.ROOT);
      for (List<String> variants : UNITS) {
        found |= variants.contains(unit) || unit.startsWith(variants.getLast());
      }
    }
    return found;
  }

  private static boolean isLong(String digits) {
    return new BigDecimal(digits).compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
  }
}
