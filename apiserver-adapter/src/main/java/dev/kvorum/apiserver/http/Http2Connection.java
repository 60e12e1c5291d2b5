package dev.kvorum.apiserver.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP/2 connection. Each request on it has a channel of its own, see {@link Http2Exchange}. On the event loop. */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Shared.Draining {
  /** How far a client may send ahead in all its requests, in windows of one. */
  private static final int WINDOWS = 4;
  /**
   * How many requests a client may give up on in a while. Each costs next to nothing, but some do nothing else; a client
   * that ends a thousand watches does so at once.
   */
  private static final int MAX_RESETS = 2_000;

  private static final int RESETS_SECONDS = 30;
  private static final Logger log = LoggerFactory.getLogger(Http2Connection.class);

  private final Shared shared;
  private final Set<Http2Exchange> exchanges = new HashSet<>();
  private @Nullable ChannelHandlerContext own;
  private @Nullable Future<?> idle;
  private boolean draining;

  private Http2Connection(Shared shared) {
    this.shared = shared;
  }

  /** Makes the connection of {@code pipeline} an HTTP/2 one, behind the handler {@code after}. */
  static void install(ChannelPipeline pipeline, String after, Shared shared, Peer peer) {
    HttpLimits limits = shared.limits;
    Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
        .initialSettings(Http2Settings.defaultSettings()
            .maxConcurrentStreams(limits.streamsPerConnection())
            .initialWindowSize(limits.streamWindowBytes())
            .maxHeaderListSize(limits.headerBytes()))
        .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_SECONDS)
        .gracefulShutdownTimeoutMillis(limits.shutdown().toMillis())
        .build();
    Http2Connection connection = new Http2Connection(shared);
    Http2MultiplexHandler streams = new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel stream) {
        connection.opened(stream, peer);
      }
    });
    pipeline.addAfter(after, null, codec); // first: the next one looks for it
    pipeline.addAfter(pipeline.context(codec).name(), null, streams);
    pipeline.addAfter(pipeline.context(streams).name(), null, connection);
    connection.widen(pipeline.context(codec), codec, limits);
    connection.awaitRequests();
    shared.serves(pipeline.channel(), connection);
  }

  private void widen(ChannelHandlerContext context, Http2FrameCodec codec, HttpLimits limits) {
    Http2LocalFlowController windows = codec.connection().local().flowController();
    try {
      windows.incrementWindowSize(
          codec.connection().connectionStream(), (WINDOWS - 1) * limits.streamWindowBytes());
      context.flush();
    } catch (Http2Exception e) {
      log.debug("a connection ended as it began", e);
      close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    own = context;
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(own, "not in a pipeline yet");
  }

  private void opened(Channel stream, Peer peer) {
    Http2Exchange exchange = new Http2Exchange(shared, stream, peer);
    stopTimer();
    exchanges.add(exchange);
    stream.closeFuture().addListener(closed -> closed(exchange));
    stream.pipeline().addLast(exchange);
  }

  private void closed(Http2Exchange exchange) {
    exchanges.remove(exchange);
    if (exchanges.isEmpty()) {
      if (draining) {
        close();
      } else {
        awaitRequests();
      }
    }
  }

  private void awaitRequests() {
    stopTimer();
    idle = context()
        .channel()
        .eventLoop()
        .schedule(this::close, shared.limits.idle().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void stopTimer() {
    if (idle != null) {
      idle.cancel(false);
      idle = null;
    }
  }

  /** Says that it ends, and ends. */
  private void close() {
    var unused = context().channel().close();
  }

  @Override
  public void drain() {
    if (draining) {
      return;
    }
    draining = true;
    var unused = context().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    List.copyOf(exchanges).forEach(Http2Exchange::drain);
    if (exchanges.isEmpty()) {
      close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    ReferenceCountUtil.release(frame); // settings, pings and the like, which are seen to
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    stopTimer();
    super.channelInactive(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("a connection failed", cause);
    close();
  }
}
