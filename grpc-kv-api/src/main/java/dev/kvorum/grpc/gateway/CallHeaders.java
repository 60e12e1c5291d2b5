package dev.kvorum.grpc.gateway;

import io.grpc.Metadata;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request's headers say to the call.
 *
 * @param metadata the call's
 * @param timeoutNanos how long the call may take; null if nothing was said
 */
record CallHeaders(Metadata metadata, @Nullable Long timeoutNanos) {
  private static final String PREFIX = "grpc-metadata-";
  private static final String TIMEOUT = "grpc-timeout";

  /** By this a call is known to come from here: nobody but the token in it says whose it is. */
  private static final Metadata.Key<String> FROM_GATEWAY = key("grpcgateway-accept");

  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");
  private static final Pattern TIMEOUT_VALUE = Pattern.compile("[0-9]{1,8}[HMSmun]");

  static CallHeaders of(HttpHeaders headers) throws BadRequest {
    Metadata metadata = new Metadata();
    metadata.put(FROM_GATEWAY, printable(headers.get(HttpHeaderNames.ACCEPT, "*/*")));
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null && isPrintable(authorization)) {
      metadata.put(AUTHORIZATION, authorization);
    }
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(PREFIX)) {
        put(metadata, name.substring(PREFIX.length()), header.getValue());
      }
    }
    String timeout = headers.get(TIMEOUT);
    return new CallHeaders(metadata, timeout == null ? null : nanos(timeout));
  }

  private static void put(Metadata metadata, String name, String value) {
    if (NAME.matcher(name).matches()
        && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
        && !name.startsWith("grpc-")
        && isPrintable(value)) {
      metadata.put(key(name), value);
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String printable(String value) {
    return isPrintable(value) ? value : "*/*";
  }

  private static boolean isPrintable(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
  }

  private static long nanos(String timeout) throws BadRequest {
    if (!TIMEOUT_VALUE.matcher(timeout).matches()) {
      throw new BadRequest("invalid grpc-timeout: " + timeout);
    }
    long amount = Long.parseLong(timeout, 0, timeout.length() - 1, 10);
    return switch (timeout.charAt(timeout.length() - 1)) {
      case 'H' -> TimeUnit.HOURS.toNanos(amount);
      case 'M' -> TimeUnit.MINUTES.toNanos(amount);
      case 'S' -> TimeUnit.SECONDS.toNanos(amount);
      case 'm' -> TimeUnit.MILLISECONDS.toNanos(amount);
      case 'u' -> TimeUnit.MICROSECONDS.toNanos(amount);
      default -> amount;
    };
  }
}
