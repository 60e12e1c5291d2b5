package dev.kvorum.apiserver.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection: serves one request after the other, and takes the next one when the answer has left. What a
 * client sends ahead stays with the client.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Shared.Draining {
  /** For how long, and how much, the rest of a body is taken whose request is answered already. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private static final long LINGER_BYTES = 32L << 20;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final Logger log = LoggerFactory.getLogger(Http1Connection.class);

  private final Shared shared;
  private final Peer peer;
  private final HttpServerCodec codec;
  private final Inbox inbox = new Inbox(this::received);
  private @Nullable ChannelHandlerContext own;
  private @Nullable Http1Exchange current;
  private @Nullable WebSocketFrames webSocket;
  private @Nullable Future<?> timer;
  private boolean headBegun;

  private Http1Connection(Shared shared, Peer peer, HttpServerCodec codec) {
    this.shared = shared;
    this.peer = peer;
    this.codec = codec;
  }

  /** Makes the connection of {@code pipeline} an HTTP/1.1 one, behind the handler {@code after}. */
  static void install(ChannelPipeline pipeline, String after, Shared shared, Peer peer) {
    int headerBytes = shared.limits.headerBytes();
    HttpServerCodec codec = new HttpServerCodec(headerBytes, headerBytes, CHUNK_BYTES);
    Http1Connection connection = new Http1Connection(shared, peer, codec);
    pipeline.addAfter(after, null, connection);
    pipeline.addAfter(after, null, codec);
    pipeline.addAfter(after, null, new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object bytes) {
        connection.bytesArrived();
        context.fireChannelRead(bytes);
      }
    });
    pipeline.channel().config().setAutoRead(false);
    connection.awaitRequest();
    shared.serves(pipeline.channel(), connection);
  }

  private void awaitRequest() {
    current = null;
    headBegun = false;
    setTimer(shared.limits.idle(), this::close);
    inbox.want(context());
  }

  /** A request that has begun has less time than a connection that is kept for later. */
  private void bytesArrived() {
    if (current == null && !headBegun) {
      headBegun = true;
      setTimer(shared.limits.receive(), this::close);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    own = context;
  }

  ChannelHandlerContext context() {
    return Objects.requireNonNull(own, "not in a pipeline yet");
  }

  Shared shared() {
    return shared;
  }

  private Channel channel() {
    return context().channel();
  }

  void close() {
    var unused = channel().close();
  }

  void setTimer(Duration after, Runnable action) {
    stopTimer();
    timer = channel().eventLoop().schedule(action, after.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (webSocket != null) {
      if (message instanceof WebSocketFrame frame) {
        webSocket.received(frame);
      }
      ReferenceCountUtil.release(message);
    } else {
      inbox.add(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    inbox.readComplete(context);
  }

  private void received(Object message) {
    try {
      if (message instanceof io.netty.handler.codec.http.HttpRequest head) {
        begin(head);
      }
      if (message instanceof HttpContent content && current != null) {
        current.take(content);
      }
      proceed();
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(io.netty.handler.codec.http.HttpRequest head) {
    setTimer(shared.limits.receive(), this::tooSlow);
    RequestTarget target = RequestTarget.parse(head.uri());
    Http1Exchange exchange = new Http1Exchange(this, head);
    current = exchange;
    if (head.decoderResult().isFailure()) {
      exchange.endConnection();
      exchange.refuse(
          head.decoderResult().cause() instanceof TooLongFrameException
              ? Refusals.headTooLarge()
              : Refusals.malformed());
    } else if (target == null || !isWellFormed(head)) {
      exchange.endConnection();
      exchange.refuse(Refusals.malformed());
    } else if (HttpUtil.getContentLength(head, 0L) > shared.limits.bodyBytes()) {
      exchange.endConnection();
      exchange.refuse(Refusals.bodyTooLarge(shared.limits.bodyBytes()));
    } else if (WebSockets.isAskedFor(head) && !WebSockets.isPossible(head)) {
      exchange.refuse(Refusals.malformed());
    } else {
      exchange.accept(target, peer);
      if (HttpUtil.is100ContinueExpected(head)) {
        var unused = context()
            .writeAndFlush(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
    }
  }

  private static boolean isWellFormed(io.netty.handler.codec.http.HttpRequest head) {
    HttpHeaders headers = head.headers();
    HttpVersion version = head.protocolVersion();
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    String transfer = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    return version.majorVersion() == 1
        && (hosts == 1 || (hosts == 0 && version.minorVersion() == 0))
        && (transfer == null || transfer.strip().equalsIgnoreCase("chunked"))
        && headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() <= 1
        && headers.getAll(HttpHeaderNames.CONTENT_LENGTH).size() <= 1;
  }

  private void tooSlow() {
    Http1Exchange exchange = current;
    if (exchange == null || exchange.isAnswering()) {
      close();
    } else {
      exchange.endConnection();
      exchange.refuse(Refusals.tooSlow());
      proceed();
    }
  }

  /** Whatever comes next, now that something was received or has left. */
  void proceed() {
    Http1Exchange exchange = current;
    if (exchange == null || webSocket != null) {
      return;
    }
    if (!exchange.isReceived()) {
      if (exchange.isAnswering() && exchange.discarded() > LINGER_BYTES) {
        close();
      } else {
        inbox.want(context());
      }
    } else if (exchange.hasLeft()) {
      stopTimer();
      if (exchange.isLast() || shared.isStopping()) {
        close();
      } else {
        awaitRequest();
      }
    } else {
      inbox.listen(context()); // or nobody would notice when the client goes away
    }
  }

  /** The answer has left before the request was here: for a while the rest is taken and thrown away. */
  void linger() {
    setTimer(LINGER, this::close);
  }

  Http1Exchange exchange() {
    return Objects.requireNonNull(current);
  }

  boolean serves(Http1Exchange exchange) {
    return current == exchange;
  }

  /** The head of a WebSocket was written: from now on there are frames. */
  void becomeWebSocket(WebSocketFrames frames) {
    webSocket = frames;
    inbox.clear();
    ChannelPipeline pipeline = context().pipeline();
    WebSockets.addCodec(pipeline, pipeline.context(codec).name());
    pipeline.remove(codec);
    context().channel().config().setAutoRead(true);
  }

  @Override
  public void drain() {
    if (current == null) {
      close();
    } else {
      current.drain();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    Http1Exchange exchange = current;
    current = null;
    stopTimer();
    inbox.clear();
    if (exchange != null) {
      exchange.gone();
    }
    super.channelInactive(context);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    stopTimer();
    inbox.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("a connection failed", cause);
    close();
  }

  /** The end of a request. */
  static boolean isEnd(HttpContent content) {
    return content instanceof LastHttpContent;
  }
}
