package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Times and spans of time as people read them: two figures at most. */
final class Times {
  static final String UNKNOWN = "<unknown>";
  static final String INVALID = "<invalid>";
  private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

  private Times() {}

  /** A time in an object; null if there is none, or only the one that stands for none. */
  static @Nullable Instant read(JsonNode time) {
    if (!time.isTextual() || time.asText().isEmpty()) {
      return null;
    }
    try {
      Instant read = OffsetDateTime.parse(time.asText()).toInstant();
      return read.equals(ZERO) ? null : read;
    } catch (DateTimeException notOne) {
      return null;
    }
  }

  static String since(JsonNode time, Instant now) {
    Instant read = read(time);
    return read == null ? UNKNOWN : human(Duration.between(read, now));
  }

  /** Clocks differ: what is less than two seconds in the future is now. */
  static String human(Duration span) {
    // Towards zero, as the seconds of a negative Duration are not.
    long seconds = span.toMillis() / 1000;
    if (seconds < -1) {
      return INVALID;
    }
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 10) {
      return with(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    if (hours < 8) {
      return with(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    long days = hours / 24;
    if (days < 8) {
      return with(days, "d", hours % 24, "h");
    }
    if (days < 365 * 2) {
      return days + "d";
    }
    return days < 365 * 8 ? with(days / 365, "y", days % 365, "d") : days / 365 + "y";
  }

  private static String with(long large, String unit, long small, String smallUnit) {
    return large + unit + (small == 0 ? "" : small + smallUnit);
  }
}
