package dev.kvorum.grpc.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that became a WebSocket, which carries one request: each message from the client is a line of its body,
 * each line of the response a message to the client.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements Response {
  /** Nothing larger is accepted as one frame; what a message may consist of is for the route to say. */
  private static final int MAX_FRAME_BYTES = 4 << 20;

  private static final byte[] LINE_END = {'\n'};
  private static final String BEARER = "Bearer";

  private static final Logger log = LoggerFactory.getLogger(WebSocketConnection.class);

  private final ChannelHandlerContext
      context; // of the handler that was here before, until this one is added
  private @Nullable ChannelHandlerContext own;
  private @Nullable Exchange exchange;
  private boolean ended;
  private final Inbox inbox = new Inbox(this::received);

  private WebSocketConnection(ChannelHandlerContext context) {
    this.context = context;
  }

  static boolean isUpgrade(HttpRequest request) {
    return request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /**
   * Makes the connection a WebSocket and serves {@code request} over it, in place of {@code before}.
   *
   * @return whether that is possible; if not, nothing was answered
   */
  static boolean upgrade(
      ChannelHandlerContext context,
      ChannelHandler before,
      HttpRequest request,
      String path,
      Route route) {
    String protocols = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
    boolean bearer = protocols.startsWith(BEARER);
    WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(
            request.uri(),
            bearer ? BEARER : null,
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_FRAME_BYTES)
                .allowExtensions(false)
                .withUTF8Validator(false)
                .build())
        .newHandshaker(request);
    if (handshaker == null || !request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
      return false;
    }
    WebSocketConnection connection = new WebSocketConnection(context);
    var full = new DefaultFullHttpRequest(
        request.protocolVersion(),
        request.method(),
        request.uri(),
        Unpooled.EMPTY_BUFFER,
        request.headers(),
        EmptyHttpHeaders.INSTANCE);
    handshaker
        .handshake(context, full, new DefaultHttpHeaders(), context.newPromise())
        .addListener(done -> {
          if (done.isSuccess()) {
            context.pipeline().replace(before, null, connection);
            connection.open(route, asPost(request, path, protocols), path);
          } else {
            log.debug("not a WebSocket", done.cause());
            var unused = context.close();
          }
        });
    return true;
  }

  /** The request that is served. A browser cannot set the token's header here; it puts it among the protocols. */
  private static HttpRequest asPost(HttpRequest request, String path, String protocols) {
    DefaultHttpHeaders headers = new DefaultHttpHeaders();
    headers.set(request.headers());
    int token = protocols.indexOf(BEARER + ",");
    if (token >= 0) {
      headers.set(
          HttpHeaderNames.AUTHORIZATION,
          BEARER + " " + protocols.substring(token + BEARER.length() + 1).trim());
    }
    return new io.netty.handler.codec.http.DefaultHttpRequest(
        request.protocolVersion(), HttpMethod.POST, path, headers);
  }

  private void open(Route route, HttpRequest request, String path) {
    exchange = route.open(request, path, this);
    wantBody();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    own = added;
  }

  private ChannelHandlerContext context() {
    return own == null ? context : own;
  }

  @Override
  public void channelRead(ChannelHandlerContext added, Object message) {
    inbox.add(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext added) {
    inbox.readComplete(added);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    inbox.clear();
  }

  private void received(Object message) {
    try {
      if (exchange == null || ended || !(message instanceof WebSocketFrame frame)) {
        return;
      }
      switch (frame) {
        case CloseWebSocketFrame close -> closeWith(WebSocketCloseStatus.NORMAL_CLOSURE);
        case PingWebSocketFrame ping ->
          write(new PongWebSocketFrame(ping.content().retain()));
        case PongWebSocketFrame pong -> {
          // nobody asked
        }
        default -> {
          exchange.body(frame.content());
          if (frame.isFinalFragment()) {
            ByteBuf end = Unpooled.wrappedBuffer(LINE_END);
            exchange.body(end);
          }
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
      wantBody();
    }
  }

  private void closeWith(WebSocketCloseStatus status) {
    abandon();
    context()
        .writeAndFlush(new CloseWebSocketFrame(status))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void abandon() {
    if (!ended) {
      ended = true;
      if (exchange != null) {
        exchange.gone();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext added) throws Exception {
    if (isWritable() && exchange != null) {
      exchange.writable();
      wantBody(); // pings are answered: whoever sends many has to read the answers
    }
    super.channelWritabilityChanged(added);
  }

  @Override
  public void channelInactive(ChannelHandlerContext added) throws Exception {
    abandon();
    super.channelInactive(added);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext added, Throwable cause) {
    log.debug("WebSocket failed", cause);
    var unused = added.close();
  }

  private void write(WebSocketFrame frame) {
    var unused = context().writeAndFlush(frame);
  }

  @Override
  public EventLoop loop() {
    return context.channel().eventLoop();
  }

  @Override
  public SocketAddress remoteAddress() {
    return context.channel().remoteAddress();
  }

  @Override
  public void answer(Answer answer) {
    line(answer.body().toByteArray());
    end();
  }

  @Override
  public void begin(String contentType, Map<String, String> headers) {
    // there are only messages here
  }

  @Override
  public void line(byte[] line) {
    if (!ended) {
      write(new TextWebSocketFrame(Unpooled.wrappedBuffer(line)));
    }
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      context()
          .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public boolean isWritable() {
    return !ended && context.channel().isWritable();
  }

  @Override
  public void wantBody() {
    if (!ended && exchange != null && exchange.wantsBody() && isWritable()) {
      inbox.want(context());
    }
  }
}
