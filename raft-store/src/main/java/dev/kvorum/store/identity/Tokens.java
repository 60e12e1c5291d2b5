package dev.kvorum.store.identity;

import dev.kvorum.store.auth.Identity;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What callers show after they have proved who they are. Thread-safe; nothing waits. */
public sealed interface Tokens permits SimpleTokens, JwtTokens {
  /**
   * Reads what kind of tokens {@code config} asks for.
   *
   * @param nanoTime a clock that is never set
   * @throws IOException if a key cannot be read
   * @throws IllegalArgumentException if the configuration makes no sense; the message is for the operator
   */
  static Tokens of(AuthConfig config, LongSupplier nanoTime) throws IOException {
    String kind = config.token().split(",", 2)[0];
    return switch (kind) {
      case "simple" -> new SimpleTokens(config.tokenTtl(), nanoTime);
      case "jwt" -> JwtTokens.of(config.token());
      default ->
        throw new IllegalArgumentException(
            "auth token of kind '" + kind + "'; there are 'simple' and 'jwt'");
    };
  }

  /**
   * Whose token this is; null if it is nobody's.
   *
   * @param authRevision of the auth state by which is to be decided
   */
  @Nullable
  Identity identify(String token, long authRevision);

  /** Whether {@link #identify} would take a signature's verification, which is nothing for an event loop. */
  boolean isExpensive(String token);

  /** The log index up to which this member must have applied the log to know about the token; 0 if that is no matter. */
  long knownFrom(String token);
}
