package dev.kvorum.store.raft;

import dev.kvorum.tls.CallerAddress;
import dev.kvorum.tls.HandshakeLog;
import dev.kvorum.tls.LiveConnections;
import dev.kvorum.tls.TlsMaterial;
import dev.kvorum.tls.TlsSettings;
import dev.kvorum.tls.TlsSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiator;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBufAllocator;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ClientAuth;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secures the connections between members, in both directions, for Raft and for our own peer calls alike.
 *
 * <p>Changed files count for new connections within about a second; connections whose certificates they no longer accept
 * end then, too. Thread-safe.
 */
final class PeerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerTls.class);
  private static final int WAITING_FOR_NAMES = 64;
  private static final long IDLE_THREAD_SECONDS = 30;

  /** What the files came to at one time; equal only to itself. */
  static final class Contexts {
    final TlsMaterial material;
    final SslContext server;
    final SslContext client;

    Contexts(TlsMaterial material) throws SSLException {
      this.material = material;
      TlsSettings settings = material.settings();
      SslContextBuilder serverBuilder = SslContextBuilder.forServer(
          material.identity().key(), material.identity().chainArray());
      if (settings.demandCertificate()) {
        serverBuilder.clientAuth(ClientAuth.REQUIRE).trustManager(material.rules());
      }
      server = configure(serverBuilder, settings).build();
      client = configure(
              SslContextBuilder.forClient()
                  .keyManager(
                      material.dialIdentity().key(), material.dialIdentity().chainArray())
                  .trustManager(material.rules()),
              settings)
          .build();
    }

    /** The JDK's TLS: its engines can be told to end from any thread. */
    private static SslContextBuilder configure(SslContextBuilder builder, TlsSettings settings) {
      return GrpcSslContexts.configure(builder, SslProvider.JDK)
          .protocols(settings.protocols())
          .ciphers(settings.offeredSuites())
          // A resumed session would skip the check of the certificate.
          .sessionTimeout(1);
    }
  }

  private final TlsSource<Contexts> source;
  private final boolean checkCallerAddress;
  private final HandshakeLog log = new HandshakeLog("peer");
  private final LiveConnections<Channel> incoming = new LiveConnections<>(channel -> {
    var unused = channel.close();
  });
  private final Set<SSLEngine> outgoing =
      Collections.newSetFromMap(new WeakHashMap<>()); // guarded by itself
  private final ThreadPoolExecutor names;

  private PeerTls(TlsSource<Contexts> source, boolean checkCallerAddress) {
    this.source = source;
    this.checkCallerAddress = checkCallerAddress;
    source.onChange(this::recheck);
    names = new ThreadPoolExecutor(
        1,
        1,
        IDLE_THREAD_SECONDS,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(WAITING_FOR_NAMES),
        task -> {
          Thread thread = new Thread(task, "peer-names");
          thread.setDaemon(true);
          return thread;
        });
    names.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the files and keeps them current until closed.
   *
   * @throws IOException if one cannot be used; the message names it
   */
  static PeerTls open(RaftConfig.PeerSecurity security) throws IOException {
    return new PeerTls(
        TlsSource.open("peer", security.settings(), Contexts::new), security.checkCallerAddress());
  }

  Contexts current() {
    return source.current();
  }

  HandshakeLog log() {
    return log;
  }

  /** What secures incoming connections. */
  InternalProtocolNegotiator.ProtocolNegotiator negotiator() {
    return new PeerTlsNegotiator(this);
  }

  /** What secures outgoing connections: always with the current files. */
  SslContext forClients() {
    return new CurrentContext();
  }

  /** Remembers an incoming connection, so that it ends when its certificate is refused. */
  void connected(Channel channel, X509Certificate[] chain) {
    incoming.add(channel, chain);
    var unused = channel.closeFuture().addListener(closed -> incoming.remove(channel));
  }

  /**
   * Checks that a caller calls from where its certificate is for.
   *
   * @return completes at once, or after name servers were asked; exceptionally if the caller is refused
   */
  CompletableFuture<Void> checkAddress(X509Certificate[] chain, InetSocketAddress caller) {
    if (!checkCallerAddress || chain.length == 0) {
      return CompletableFuture.completedFuture(null);
    }
    InetAddress address = caller.getAddress();
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable check = () -> {
      try {
        CallerAddress.check(chain[0], address);
        done.complete(null);
      } catch (CertificateException e) {
        done.completeExceptionally(e);
      }
    };
    try {
      if (CallerAddress.needsNames(chain[0], address)) {
        names.execute(check);
      } else {
        check.run();
      }
    } catch (CertificateException | RejectedExecutionException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  private void recheck() {
    TlsMaterial now = source.material();
    incoming.recheck(now.rules());
    List<SSLEngine> engines;
    synchronized (outgoing) {
      engines = new ArrayList<>(outgoing);
    }
    for (SSLEngine engine : engines) {
      X509Certificate[] chain = chain(engine.getSession());
      try {
        if (chain.length > 0) {
          now.rules().recheckServer(chain);
        }
      } catch (CertificateException e) {
        LOG.warn("ending the connection to a member: {}", e.getMessage());
        engine.closeOutbound();
      }
    }
  }

  /** The certificates that the other side has shown; empty if it was not asked or has not yet. */
  static X509Certificate[] chain(SSLSession session) {
    try {
      Certificate[] certificates = session.getPeerCertificates();
      X509Certificate[] chain = new X509Certificate[certificates.length];
      System.arraycopy(certificates, 0, chain, 0, chain.length);
      return chain;
    } catch (SSLPeerUnverifiedException e) {
      return new X509Certificate[0];
    }
  }

  /** Stops looking at the files. Connections go on. */
  @Override
  public void close() {
    source.close();
    names.shutdownNow();
  }

  /** Makes each new connection's engine from the files as they are then. */
  private final class CurrentContext extends SslContext {
    private SslContext now() {
      return source.current().client;
    }

    @Override
    public boolean isClient() {
      return true;
    }

    @Override
    public List<String> cipherSuites() {
      return now().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // there is no other way to say which protocols are offered
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
      return now().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
      return remember(now().newEngine(allocator));
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
      return remember(now().newEngine(allocator, host, port));
    }

    private SSLEngine remember(SSLEngine engine) {
      synchronized (outgoing) {
        outgoing.add(engine);
      }
      return engine;
    }

    @Override
    public javax.net.ssl.SSLSessionContext sessionContext() {
      return now().sessionContext();
    }
  }
}
