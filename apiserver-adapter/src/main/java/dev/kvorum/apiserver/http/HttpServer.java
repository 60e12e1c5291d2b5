package dev.kvorum.apiserver.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A port that serves HTTP/1.1, HTTP/2 and WebSocket. Thread-safe. */
public final class HttpServer implements AutoCloseable {
  private static final long STOP_SECONDS = 5;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Shared shared;
  private final MultiThreadIoEventLoopGroup loops;
  private final Channel listening;
  private final @Nullable TlsPort tls;
  private final AtomicBoolean closed = new AtomicBoolean();

  private HttpServer(
      Shared shared, MultiThreadIoEventLoopGroup loops, Channel listening, @Nullable TlsPort tls) {
    this.shared = shared;
    this.loops = loops;
    this.listening = listening;
    this.tls = tls;
  }

  /**
   * Listens, and serves with {@code handler} until closed.
   *
   * @throws IOException if the address or the certificates cannot be used
   */
  public static HttpServer start(HttpConfig config, HttpHandler handler) throws IOException {
    Shared shared = new Shared(handler, config.limits());
    TlsPort tls = config.tls() == null ? null : TlsPort.open(config.tls());
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    var loops = new MultiThreadIoEventLoopGroup(
        config.eventLoops(), new DefaultThreadFactory("http-io", true), io);
    var bound = new ServerBootstrap()
        .group(loops)
        .channel(type)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Negotiation(shared, tls));
          }
        })
        .bind(config.listen())
        .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stop(loops, tls);
      throw new IOException("cannot listen on " + config.listen(), bound.cause());
    }
    return new HttpServer(shared, loops, bound.channel(), tls);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  public HttpMetrics metrics() {
    return shared.metrics;
  }

  /**
   * Takes no more connections and requests, ends streams, and lets the other requests go on for as long as {@link
   * HttpLimits#shutdown} says; then ends what is left. Waits for that. Not to be called from a handler or a stream.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    listening.close().awaitUninterruptibly();
    shared.drain();
    long end = System.nanoTime() + shared.limits.shutdown().toNanos();
    while (!shared.isIdle()
        && System.nanoTime() - end < 0
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    shared.closeAll();
    stop(loops, tls);
  }

  private static void stop(MultiThreadIoEventLoopGroup loops, @Nullable TlsPort tls) {
    loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    if (tls != null) {
      tls.close();
    }
  }
}
