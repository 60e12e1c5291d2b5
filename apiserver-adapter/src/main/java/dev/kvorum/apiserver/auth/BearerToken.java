package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The token with which a request says who it is from.
 *
 * @param value null if the way in which it came makes no sense
 */
record BearerToken(@Nullable String value) {
  private static final String PROTOCOL_PREFIX = "base64url.bearer.authorization.k8s.io.";

  /**
   * The token of a request: from its header, or of a WebSocket, whose client may not be able to set that, from among the
   * protocols that it offers. Null if there is none.
   */
  static @Nullable BearerToken of(HttpRequest request) {
    String header = request.headers().first("Authorization");
    if (header != null) {
      String[] parts = header.strip().split(" ", 3);
      if (parts.length >= 2 && parts[0].equalsIgnoreCase("bearer") && !parts[1].isEmpty()) {
        return new BearerToken(parts[1]);
      }
    }
    return request.webSocket() ? ofProtocols(request) : null;
  }

  private static @Nullable BearerToken ofProtocols(HttpRequest request) {
    String token = null;
    boolean others = false;
    for (String header : request.headers().all("Sec-WebSocket-Protocol")) {
      for (String protocol : header.split(",", -1)) {
        String name = protocol.strip();
        if (!name.startsWith(PROTOCOL_PREFIX)) {
          others = true;
        } else if (token != null) {
          return new BearerToken(null);
        } else {
          token = name.substring(PROTOCOL_PREFIX.length());
        }
      }
    }
    if (token == null) {
      return null;
    }
    // One other is needed: a client that offers protocols expects that one of them is chosen.
    return new BearerToken(others ? decoded(token) : null);
  }

  private static @Nullable String decoded(String token) {
    try {
      if (token.indexOf('=') >= 0) {
        return null;
      }
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    }
  }

  /** Says that there is one, and not which. */
  @Override
  public String toString() {
    return "BearerToken";
  }
}
