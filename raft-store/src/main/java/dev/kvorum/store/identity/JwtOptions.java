package dev.kvorum.store.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.keys.HmacKey;
import org.jspecify.annotations.Nullable;

/**
 * How signed tokens are made and checked.
 *
 * @param algorithm by its name in tokens
 * @param signingKey null if there is none: tokens can be checked and not issued
 * @param verificationKey what signatures are checked with
 * @param ttl how long an issued token is valid
 */
record JwtOptions(String algorithm, @Nullable Key signingKey, Key verificationKey, Duration ttl) {
  private static final Set<String> NAMES = Set.of("sign-method", "pub-key", "priv-key", "ttl");
  private static final Set<String> ALGORITHMS = Set.of(
      "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256",
      "HS384", "HS512", "EdDSA");
  private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);
  private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|h|m|s)");

  /** Reads {@code jwt,option=value,...}. */
  static JwtOptions of(String text) throws IOException {
    Map<String, String> values = new HashMap<>();
    String[] parts = text.split(",", -1);
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      if (equals < 0 || parts[i].indexOf('=', equals + 1) >= 0 || !NAMES.contains(name)) {
        throw new IllegalArgumentException("auth token: '" + name + "' is not an option; there are "
            + "sign-method, pub-key, priv-key and ttl");
      }
      if (values.put(name, parts[i].substring(equals + 1)) != null) {
        throw new IllegalArgumentException("auth token: option " + name + " is given twice");
      }
    }
    String algorithm = values.getOrDefault("sign-method", "");
    if (!ALGORITHMS.contains(algorithm)) {
      throw new IllegalArgumentException("auth token: sign-method '" + algorithm
          + "' is not one of " + ALGORITHMS.stream().sorted().toList());
    }
    String ttl = values.getOrDefault("ttl", "");
    Duration lifetime = ttl.isEmpty() ? DEFAULT_TTL : duration(ttl);
    byte[] privateFile = file(values.get("priv-key"));
    byte[] publicFile = file(values.get("pub-key"));
    if (algorithm.startsWith("HS")) {
      if (privateFile == null || privateFile.length == 0) {
        throw new IllegalArgumentException("auth token: priv-key is needed for " + algorithm);
      }
      Key key = new HmacKey(privateFile);
      return new JwtOptions(algorithm, key, key, lifetime);
    }
    PublicKey given = publicFile == null ? null : PemKeys.publicKey(publicFile, algorithm);
    if (privateFile == null) {
      if (given == null) {
        throw new IllegalArgumentException("auth token: pub-key or priv-key is needed");
      }
      return new JwtOptions(algorithm, null, given, lifetime);
    }
    PemKeys.Pair pair = PemKeys.privateKey(privateFile, algorithm);
    return new JwtOptions(
        algorithm, pair.privateKey(), given == null ? pair.publicKey() : given, lifetime);
  }

  private static byte @Nullable [] file(@Nullable String path) throws IOException {
    return path == null || path.isEmpty() ? null : Files.readAllBytes(Path.of(path));
  }

  /** As Go writes them: {@code 1h30m}, {@code 90s}. */
  private static Duration duration(String text) {
    Matcher parts = DURATION_PART.matcher(text);
    double millis = 0;
    int end = 0;
    while (parts.find() && parts.start() == end) {
      double number = Double.parseDouble(parts.group(1));
      millis += number
          * switch (parts.group(2)) {
            case "h" -> 3_600_000;
            case "m" -> 60_000;
            case "s" -> 1_000;
            default -> 1;
          };
      end = parts.end();
    }
    if (end != text.length() || millis < 1) {
      throw new IllegalArgumentException("auth token: ttl '" + text + "' is not a duration");
    }
    return Duration.ofMillis((long) millis);
  }

  @Override
  public String toString() {
    return "JwtOptions[" + algorithm + ", " + ttl + "]";
  }

  /** The text between the lines of a PEM file. */
  static String ascii(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1);
  }
}
