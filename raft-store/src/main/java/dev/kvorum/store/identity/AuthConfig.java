package dev.kvorum.store.identity;

import java.time.Duration;

/**
 * How callers prove who they are.
 *
 * @param token the kind of tokens: {@code simple}, or {@code jwt} followed by its options, comma separated
 * @param tokenTtl for how long a simple token that nobody uses stays valid
 * @param bcryptCost how slow hashing a password is, as a power of two; 4 to 31
 * @param minPasswordLength the shortest password accepted, in bytes; 0 for any, as etcd does
 */
public record AuthConfig(String token, Duration tokenTtl, int bcryptCost, int minPasswordLength) {
  /** As etcd's. */
  public static final AuthConfig DEFAULT = new AuthConfig("simple", Duration.ofMinutes(5), 10, 0);

  private static final int LOWEST_COST = 4;
  private static final int HIGHEST_COST = 31;

  public AuthConfig {
    if (bcryptCost < LOWEST_COST || bcryptCost > HIGHEST_COST) {
      throw new IllegalArgumentException(
          "bcrypt cost " + bcryptCost + " is not in " + LOWEST_COST + " to " + HIGHEST_COST);
    }
    if (tokenTtl.isNegative() || tokenTtl.isZero()) {
      throw new IllegalArgumentException("the time to live of tokens must be positive");
    }
    if (minPasswordLength < 0 || minPasswordLength > Passwords.MAX_BYTES) {
      throw new IllegalArgumentException("minimum password length " + minPasswordLength
          + " is not in 0 to " + Passwords.MAX_BYTES);
    }
  }
}
