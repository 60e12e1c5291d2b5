package dev.kvorum.apiserver.codec;

import dev.kvorum.apiserver.json.GoText;
import java.time.Instant;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times in RFC 3339, as the API reads and writes them. */
final class Times {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
          "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  /** No time at all to the API. */
  private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

  private static final int MAX_OFFSET_HOURS = 24;

  private final String text;
  private final boolean micros;
  private int at;

  private Times(String text, boolean micros) {
    this.text = text;
    this.micros = micros;
  }

  /** The same time in UTC; null if it is none. */
  static @Nullable String canonical(String text, boolean micros) throws UnfitException {
    Instant instant = new Times(text, micros).read();
    if (instant.equals(ZERO)) {
      return null;
    }
    return micros ? MICROS.format(instant) : SECONDS.format(instant);
  }

  private Instant read() throws UnfitException {
    int year = number(4, "2006");
    literal("-");
    int month = number(2, "01");
    if (month < 1 || month > 12) {
      throw outOfRange("month");
    }
    literal("-");
    int day = number(2, "02");
    literal("T");
    int hour = number(2, "15");
    check(hour <= 23, "hour");
    literal(":");
    int minute = number(2, "04");
    check(minute <= 59, "minute");
    literal(":");
    int second = number(2, "05");
    check(second <= 59, "second");
    int nanos = fraction();
    int offset = offset();
    if (at < text.length()) {
      throw new UnfitException("parsing time " + GoText.quoted(text) + ": extra text: "
          + GoText.quoted(text.substring(at)));
    }
    check(day >= 1 && day <= Month.of(month).length(Year.isLeap(year)), "day");
    return OffsetDateTime.of(year, month, day, hour, minute, second, nanos, ZoneOffset.UTC)
        .toInstant()
        .minusSeconds(offset);
  }

  private int fraction() throws UnfitException {
    int start = at;
    boolean there = at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',');
    int end = at + 1;
    while (there && end < text.length() && isDigit(end)) {
      end++;
    }
    if (micros ? !there || end - start != 7 : there && end == start + 1) {
      throw micros ? cannot(at, ".000000") : cannot(at, "Z07:00");
    }
    if (!there) {
      return 0;
    }
    at = end;
    String digits = (text.substring(start + 1, end) + "000000000").substring(0, 9);
    return Integer.parseInt(digits);
  }

  /** East of Greenwich, in seconds. */
  private int offset() throws UnfitException {
    if (at < text.length() && text.charAt(at) == 'Z') {
      at++;
      return 0;
    }
    int start = at;
    boolean formed = text.length() >= at + 6
        && (text.charAt(at) == '+' || text.charAt(at) == '-')
        && isDigit(at + 1)
        && isDigit(at + 2)
        && text.charAt(at + 3) == ':'
        && isDigit(at + 4)
        && isDigit(at + 5);
    if (!formed) {
      throw cannot(start, "Z07:00");
    }
    int hours = Integer.parseInt(text.substring(at + 1, at + 3));
    int minutes = Integer.parseInt(text.substring(at + 4, at + 6));
    check(hours <= MAX_OFFSET_HOURS, "time zone offset hour");
    check(minutes < 60, "time zone offset minute");
    at += 6;
    int seconds = (hours * 60 + minutes) * 60;
    return text.charAt(start) == '-' ? -seconds : seconds;
  }

  private int number(int digits, String element) throws UnfitException {
    int start = at;
    for (int i = 0; i < digits; i++, at++) {
      if (at >= text.length() || !isDigit(at)) {
        throw cannot(start, element);
      }
    }
    return Integer.parseInt(text.substring(start, at));
  }

  private void literal(String element) throws UnfitException {
    if (!text.startsWith(element, at)) {
      throw cannot(at, element);
    }
    at++;
  }

  private boolean isDigit(int index) {
    return text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private void check(boolean fits, String what) throws UnfitException {
    if (!fits) {
      throw outOfRange(what);
    }
  }

  private UnfitException outOfRange(String what) {
    return new UnfitException(
        "parsing time " + GoText.quoted(text) + ": " + what + " out of range");
  }

  private UnfitException cannot(int from, String element) {
    return new UnfitException("parsing time " + GoText.quoted(text) + " as "
        + GoText.quoted(micros ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00")
        + ": cannot parse " + GoText.quoted(text.substring(from)) + " as "
        + GoText.quoted(element));
  }
}
