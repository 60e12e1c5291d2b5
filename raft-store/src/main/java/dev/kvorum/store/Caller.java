package dev.kvorum.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Who makes a call, as far as the edge that took it can tell. What it is worth is for the store to say, with the state
 * that the call reads or changes; while authentication is off nobody asks.
 */
public sealed interface Caller {
  /** Someone who said nothing about themselves. */
  Caller ANONYMOUS = new Anonymous();

  /** This member itself: work that no client asked for, such as periodic compaction. Never made from a client's call. */
  Caller MEMBER = new Itself();

  /** See {@link #ANONYMOUS}. */
  record Anonymous() implements Caller {}

  /** See {@link #MEMBER}. */
  record Itself() implements Caller {}

  /**
   * Someone with a token.
   *
   * @param text as it was sent; whoever has it can act as its user, so it is never printed
   */
  record Token(String text) implements Caller {
    /** A few characters that tell tokens apart and do not help to make one. */
    public String fingerprint() {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 4);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    @Override
    public String toString() {
      return "Token[" + fingerprint() + "]";
    }
  }

  /**
   * Someone whose TLS certificate was verified.
   *
   * @param commonName the certificate's; the name of the user
   */
  record Certificate(String commonName) implements Caller {}
}
