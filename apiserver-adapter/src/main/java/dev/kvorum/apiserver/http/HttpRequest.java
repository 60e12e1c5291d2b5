package dev.kvorum.apiserver.http;

import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request with its whole body.
 *
 * @param method as sent, normally in capitals
 * @param path as sent, percent-encoded, without the query; begins with a slash
 * @param query decoded
 * @param headers without those that concern the connection's framing on HTTP/2 (names that begin with a colon)
 * @param body empty if there is none; not to be changed
 * @param webSocket whether this is a WebSocket handshake: {@link HttpResponder#open} then completes it, and each {@link
 *     HttpStream#send} is one message; {@link HttpResponder#send} refuses it with an ordinary response
 * @param secure whether it came over TLS
 * @param clientCertificates what the client has shown, its own first, checked against the authorities; empty if none
 * @param remote null if it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
public record HttpRequest(
    String method,
    String path,
    QueryParameters query,
    HttpFields headers,
    byte[] body,
    boolean webSocket,
    boolean secure,
    List<X509Certificate> clientCertificates,
    @Nullable SocketAddress remote) {
  public HttpRequest {
    clientCertificates = List.copyOf(clientCertificates);
  }
}
