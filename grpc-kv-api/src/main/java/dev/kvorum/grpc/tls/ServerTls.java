package dev.kvorum.grpc.tls;

import dev.kvorum.tls.CertificateRules;
import dev.kvorum.tls.HandshakeLog;
import dev.kvorum.tls.LiveConnections;
import dev.kvorum.tls.TlsMaterial;
import dev.kvorum.tls.TlsSettings;
import dev.kvorum.tls.TlsSource;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Secures the connections of clients. One is shared by all listeners, so that a certificate which is good on one is good
 * on all, and one which is revoked is refused by all.
 *
 * <p>Changed files count for new connections within about a second; connections whose certificates the new files no
 * longer accept are closed then, too. Thread-safe.
 */
public final class ServerTls implements AutoCloseable {
  /** A client that has not finished the handshake by then is disconnected. */
  private static final long HANDSHAKE_SECONDS = 10;

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
  private final boolean identify;
  private final LiveConnections<Channel> live = new LiveConnections<>(channel -> {
    var unused = channel.close();
  });
  private final HandshakeLog log = new HandshakeLog("client");
  private final ThreadPoolExecutor handshakes;

  private ServerTls(TlsSource<Secured> source, boolean identify) {
    this.source = source;
    this.identify = identify;
    source.onChange(() -> live.recheck(source.material().rules()));
    // Signing takes milliseconds, during which an event loop would serve nobody. A connection has
    // at most one task here, so the queue is as bounded as the connections are.
    handshakes = new ThreadPoolExecutor(
        HANDSHAKE_THREADS,
        HANDSHAKE_THREADS,
        IDLE_THREAD_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        new DefaultThreadFactory("kvorum-tls", true),
        new ThreadPoolExecutor.CallerRunsPolicy());
    handshakes.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the files and keeps them current until closed.
   *
   * @param identify whether a client is who its certificate says, see {@link TlsAttributes#CLIENT_COMMON_NAME}
   * @throws IOException if a file cannot be used; the message names it
   */
  public static ServerTls open(TlsSettings settings, boolean identify) throws IOException {
    return new ServerTls(
        TlsSource.open("client", settings, material -> new Secured(material, context(material))),
        identify);
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
            // The first that a client offers is taken. gRPC's clients offer HTTP/2 alone; those who
            // offer both, such as curl and Prometheus, want pages.
            TlsEstablished.HTTP_1_1,
            TlsEstablished.HTTP_2))
        // A resumed session would skip the check of the certificate.
        .sessionTimeout(1);
    if (settings.demandCertificate()) {
      builder.clientAuth(ClientAuth.REQUIRE).trustManager(material.rules());
    }
    return builder.build();
  }

  /**
   * Puts TLS in front of {@code pipeline}. Fires {@link TlsEstablished} once, before any data; a client that is refused is
   * disconnected without it.
   *
   * @param before the name of the handler that is to hear of it
   */
  public void install(ChannelPipeline pipeline, String before) {
    Secured secured = source.current();
    SslHandler handler = secured.context.newHandler(pipeline.channel().alloc(), handshakes);
    handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    pipeline.addBefore(before, null, handler);
    pipeline.addBefore(before, null, new Handshake(secured, handler));
  }

  /** How many connections of clients with certificates there are. */
  public int connections() {
    return live.size();
  }

  /** Stops looking at the files. Connections go on. */
  @Override
  public void close() {
    source.close();
    handshakes.shutdown();
  }

  private final class Handshake extends ChannelInboundHandlerAdapter {
    private final Secured secured;
    private final SslHandler handler;

    Handshake(Secured secured, SslHandler handler) {
      this.secured = secured;
      this.handler = handler;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (!(event instanceof SslHandshakeCompletionEvent completion)) {
        super.userEventTriggered(context, event);
        return;
      }
      Throwable failure = completion.cause();
      if (failure == null) {
        failure = refusal(context.channel());
      }
      if (failure != null) {
        log.rejected(context.channel().remoteAddress(), failure);
        var unused = context.close();
        return;
      }
      ChannelPipeline pipeline = context.pipeline();
      context.fireUserEventTriggered(
          new TlsEstablished(handler.applicationProtocol(), attributes()));
      pipeline.remove(this);
    }

    /** What speaks against this connection now; null if nothing does. */
    private @Nullable CertificateException refusal(Channel channel) {
      X509Certificate[] chain = chain();
      if (chain.length == 0) {
        return null;
      }
      live.add(channel, chain);
      channel.closeFuture().addListener(closed -> live.remove(channel));
      // The files may have changed during the handshake, before anybody knew of this connection.
      Secured now = source.current();
      if (now != secured) {
        try {
          now.material.rules().recheckClient(chain);
        } catch (CertificateException e) {
          return e;
        }
      }
      return null;
    }

    private X509Certificate[] chain() {
      try {
        Certificate[] certificates = handler.engine().getSession().getPeerCertificates();
        X509Certificate[] chain = new X509Certificate[certificates.length];
        System.arraycopy(certificates, 0, chain, 0, chain.length);
        return chain;
      } catch (SSLPeerUnverifiedException e) {
        return new X509Certificate[0]; // none was asked for
      }
    }

    private Attributes attributes() {
      SSLSession session = handler.engine().getSession();
      Attributes.Builder attributes =
          Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session);
      X509Certificate[] chain = chain();
      if (identify && chain.length > 0) {
        String name = CertificateRules.commonName(chain[0]);
        if (!name.isEmpty()) {
          attributes.set(TlsAttributes.CLIENT_COMMON_NAME, name);
        }
      }
      return attributes.build();
    }

    /** The failure was logged with the handshake; whatever comes after it says nothing new. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }
}
