package dev.kvorum.apiserver.protobuf;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times and durations as text. */
final class Timestamps {
  /** The first second of the year 1: no time at all to the API. */
  private static final long NO_TIME = -62135596800L;

  private static final long FIRST = -62167219200L;
  private static final long LAST = 253402300799L;
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
          "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** RFC 3339; null if it is no time. */
  static @Nullable String text(long seconds, long nanos, boolean micros) throws ProtobufException {
    if (seconds < FIRST || seconds > LAST || nanos < 0 || nanos > 999_999_999) {
      throw new ProtobufException(
          "a time of " + seconds + " seconds and " + nanos + " nanoseconds");
    }
    if (seconds == NO_TIME && (!micros || nanos / 1000 == 0)) {
      return null;
    }
    return micros
        ? MICROS.format(Instant.ofEpochSecond(seconds, nanos))
        : SECONDS.format(Instant.ofEpochSecond(seconds));
  }

  /** Null if it is no time. */
  static @Nullable Instant parse(String text) throws ProtobufException {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      return instant.getEpochSecond() == NO_TIME ? null : instant;
    } catch (DateTimeException e) {
      throw new ProtobufException("not a time: \"" + shortened(text) + "\"");
    }
  }

  static String shortened(String text) {
    return text.length() > 64 ? text.substring(0, 64) + "..." : text;
  }
}
