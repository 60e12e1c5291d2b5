package dev.kvorum.apiserver.http;

import dev.kvorum.tls.TlsSettings;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens.
 *
 * @param listen where; port 0 for one that is free
 * @param tls null to serve plain text; a client may show a certificate if there are authorities, and must if that is
 *     demanded
 * @param eventLoops how many threads serve connections
 */
public record HttpConfig(
    InetSocketAddress listen, @Nullable TlsSettings tls, HttpLimits limits, int eventLoops) {

  /** Plain text, with the usual limits. */
  public static HttpConfig plain(InetSocketAddress listen) {
    return new HttpConfig(listen, null, HttpLimits.usual(), cores());
  }

  /** TLS, with the usual limits. */
  public static HttpConfig secured(InetSocketAddress listen, TlsSettings tls) {
    return new HttpConfig(listen, tls, HttpLimits.usual(), cores());
  }

  /** The same with other limits. */
  public HttpConfig with(HttpLimits others) {
    return new HttpConfig(listen, tls, others, eventLoops);
  }

  private static int cores() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }
}
