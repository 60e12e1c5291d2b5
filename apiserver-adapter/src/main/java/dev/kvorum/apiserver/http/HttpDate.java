package dev.kvorum.apiserver.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** When an answer was given, as its head says it. Thread-safe. */
final class HttpDate {
  private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
          "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);

  private record Second(long epochSecond, String text) {}

  private static volatile Second last = new Second(0, FORMAT.format(Instant.EPOCH));

  private HttpDate() {}

  /** Now, to the second; made once in each. */
  static String now() {
    long now = System.currentTimeMillis() / 1000;
    Second known = last;
    if (known.epochSecond != now) {
      known = new Second(now, FORMAT.format(Instant.ofEpochSecond(now)));
      last = known;
    }
    return known.text;
  }
}
