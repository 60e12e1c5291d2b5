package dev.kvorum.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Future;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A stream as a WebSocket: one message a frame. What the client says is not listened to. On the event loop. */
final class WebSocketFrames implements Outlet {
  /** How long the client may take to say that it has seen the end, too. */
  private static final long CLOSE_SECONDS = 5;

  private final ChannelHandlerContext context;
  private final Runnable peerClosed;
  private final boolean binary;
  private boolean closeSent;

  /**
   * Frames of the kind that the content type says.
   *
   * @param peerClosed to be run when the client ends it
   */
  WebSocketFrames(ChannelHandlerContext context, HttpFields headers, Runnable peerClosed) {
    this.context = context;
    this.peerClosed = peerClosed;
    String type = headers.first("Content-Type");
    this.binary = type != null && type.toLowerCase(Locale.ROOT).contains("protobuf");
  }

  /** Completes the handshake that {@code request} began. */
  Future<?> handshake(io.netty.handler.codec.http.HttpRequest request, HttpFields fields) {
    var response = new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    HttpHeaders headers = response.headers();
    fields.forEach(headers::add);
    headers.remove(HttpHeaderNames.CONTENT_TYPE);
    headers
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(
            HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
            WebSockets.accept(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "")));
    String protocol = WebSockets.protocol(request.headers());
    if (protocol != null) {
      headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    return context.write(response);
  }

  /** Takes what the client has sent; does not release it. */
  void received(WebSocketFrame frame) {
    if (frame instanceof PingWebSocketFrame) {
      if (context.channel().isWritable()) { // who does not read the answers is not answered
        var unused =
            context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
      }
    } else if (frame instanceof CloseWebSocketFrame) {
      if (closeSent) {
        var unused = context.close();
      } else {
        closeSent = true;
        context
            .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
            .addListener(ChannelFutureListener.CLOSE);
        peerClosed.run();
      }
    }
  }

  @Override
  public EventLoop loop() {
    return context.channel().eventLoop();
  }

  @Override
  public Future<?> head(int status, HttpFields headers, long length) {
    throw new IllegalStateException("the handshake is over");
  }

  @Override
  public Future<?> data(byte[] bytes, int from, int to) {
    ByteBuf content = Unpooled.wrappedBuffer(bytes, from, to - from);
    return context.write(
        binary ? new BinaryWebSocketFrame(content) : new TextWebSocketFrame(content));
  }

  @Override
  public Future<?> end() {
    closeSent = true;
    return context.write(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
  }

  @Override
  public void flush() {
    context.flush();
  }

  @Override
  public void abort() {
    var unused = context.close();
  }

  @Override
  public void done() {
    var unused = loop().schedule(this::abort, CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
