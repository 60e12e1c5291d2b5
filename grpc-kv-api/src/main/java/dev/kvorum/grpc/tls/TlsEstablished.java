package dev.kvorum.grpc.tls;

import io.grpc.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * Fired through a connection's pipeline once it is secured and its client accepted.
 *
 * @param protocol what both sides agreed to speak, {@code h2} or {@code http/1.1}; null if the client did not say
 * @param attributes what is known of the client
 */
public record TlsEstablished(@Nullable String protocol, Attributes attributes) {
  /** The name under which HTTP/2 is agreed upon. */
  public static final String HTTP_2 = "h2";

  /** The name under which HTTP/1.1 is agreed upon. */
  public static final String HTTP_1_1 = "http/1.1";
}
