package dev.kvorum.apiserver.http;

import dev.kvorum.tls.HandshakeLog;
import dev.kvorum.tls.LiveConnections;
import dev.kvorum.tls.TlsMaterial;
import dev.kvorum.tls.TlsSettings;
import dev.kvorum.tls.TlsSource;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Secures connections. Changed files count for new connections within about a second; connections whose certificates the
 * new files no longer accept are closed then. Thread-safe.
 */
final class TlsPort implements AutoCloseable {
  private static final int HANDSHAKE_THREADS = 2;
  private static final long IDLE_THREAD_SECONDS = 30;

  /** What the files came to at one time; equal only to itself. */
  private static final class Secured {
    private final TlsMaterial material;
    private final SslContext context;

    Secured(TlsMaterial material, SslContext context) {
      this.material = material;
      this.context = context;
    }
  }

  private final TlsSource<Secured> source;
  private final LiveConnections<Channel> live = new LiveConnections<>(channel -> {
    var unused = channel.close();
  });
  private final HandshakeLog log = new HandshakeLog("API");
  private final ThreadPoolExecutor handshakes;

  private TlsPort(TlsSource<Secured> source) {
    this.source = source;
    source.onChange(() -> live.recheck(source.material().rules()));
    // Signing takes milliseconds, during which an event loop would serve nobody. A connection has
    // at most one task here, so the queue is as bounded as the connections are.
    handshakes = new ThreadPoolExecutor(
        HANDSHAKE_THREADS,
        HANDSHAKE_THREADS,
        IDLE_THREAD_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        new DefaultThreadFactory("http-tls", true),
        new ThreadPoolExecutor.CallerRunsPolicy());
    handshakes.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the files and keeps them current until closed.
   *
   * @throws IOException if a file cannot be used; the message names it
   */
  static TlsPort open(TlsSettings settings) throws IOException {
    return new TlsPort(
        TlsSource.open("API", settings, material -> new Secured(material, context(material))));
  }

  private static SslContext context(TlsMaterial material) throws SSLException {
    TlsSettings settings = material.settings();
    SslContextBuilder builder = SslContextBuilder.forServer(
            material.identity().key(), material.identity().chainArray())
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols(settings.protocols())
        .ciphers(settings.offeredSuites())
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2,
            ApplicationProtocolNames.HTTP_1_1))
        // A resumed session would skip the check of the certificate.
        .sessionTimeout(1);
    if (settings.authorities() != null) {
      builder
          .clientAuth(settings.demandCertificate() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL)
          .trustManager(material.rules());
    }
    return builder.build();
  }

  /** One connection's handshake. */
  final class Handshake {
    private final Secured secured;
    private final SslHandler handler;

    private Handshake(Secured secured, SslHandler handler) {
      this.secured = secured;
      this.handler = handler;
    }

    SslHandler handler() {
      return handler;
    }

    /**
     * The certificates that the client has shown, for as long as they are good; empty if none.
     *
     * @throws CertificateException if they are not good any more
     */
    List<X509Certificate> accept(Channel channel) throws CertificateException {
      List<X509Certificate> shown = shown();
      if (shown.isEmpty()) {
        return shown;
      }
      X509Certificate[] chain = shown.toArray(new X509Certificate[0]);
      live.add(channel, chain);
      channel.closeFuture().addListener(closed -> live.remove(channel));
      // The files may have changed during the handshake, before anybody knew of this connection.
      Secured now = source.current();
      if (now != secured) {
        now.material.rules().recheckClient(chain);
      }
      return shown;
    }

    private List<X509Certificate> shown() {
      List<X509Certificate> shown = new ArrayList<>();
      try {
        for (Certificate each : handler.engine().getSession().getPeerCertificates()) {
          shown.add((X509Certificate) each);
        }
      } catch (SSLPeerUnverifiedException e) {
        return List.of(); // showed none
      }
      return List.copyOf(shown);
    }
  }

  Handshake begin(Channel channel, Duration limit) {
    Secured secured = source.current();
    SslHandler handler = secured.context.newHandler(channel.alloc(), handshakes);
    handler.setHandshakeTimeoutMillis(limit.toMillis());
    return new Handshake(secured, handler);
  }

  void rejected(Channel channel, Throwable cause) {
    log.rejected(channel.remoteAddress(), cause);
  }

  @Override
  public void close() {
    source.close();
    handshakes.shutdown();
  }
}
