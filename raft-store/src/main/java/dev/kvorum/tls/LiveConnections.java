package dev.kvorum.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of those who have shown a certificate, so that they can be ended when it is no longer good enough.
 * Thread-safe.
 *
 * @param <C> a connection, identified by itself
 */
public final class LiveConnections<C> {
  private static final Logger LOG = LoggerFactory.getLogger(LiveConnections.class);

  private final Map<C, X509Certificate[]> connections = new ConcurrentHashMap<>();
  private final Consumer<C> close;

  /**
   * Knows none yet.
   *
   * @param close ends a connection; must not wait
   */
  public LiveConnections(Consumer<C> close) {
    this.close = close;
  }

  /** Adds a connection; {@link #remove} it when it ends. */
  public void add(C connection, X509Certificate[] chain) {
    connections.put(connection, chain);
  }

  public void remove(C connection) {
    connections.remove(connection);
  }

  public int size() {
    return connections.size();
  }

  /** Ends the connections whose certificates these rules refuse. */
  public void recheck(CertificateRules rules) {
    connections.forEach((connection, chain) -> {
      try {
        rules.recheckClient(chain);
      } catch (CertificateException e) {
        LOG.warn("ending connection {}: {}", connection, e.getMessage());
        close.accept(connection);
      }
    });
  }
}
