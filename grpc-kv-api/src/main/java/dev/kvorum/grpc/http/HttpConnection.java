package dev.kvorum.grpc.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP/1.1 connection: answers one request after the other, and reads the next one only then. */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final long IDLE_SECONDS = 300;

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  private final Pages pages;
  private boolean answering;

  private HttpConnection(Pages pages) {
    this.pages = pages;
  }

  /**
   * Makes the connection of {@code pipeline} an HTTP/1.1 one.
   *
   * @param after the handler behind which this is put; what comes after it then hears nothing any more
   */
  static void install(ChannelPipeline pipeline, String after, Pages pages) {
    List<ChannelHandler> handlers = List.of(
        new HttpServerCodec(),
        new HttpObjectAggregator(MAX_BODY_BYTES, true),
        new IdleStateHandler(IDLE_SECONDS, 0, 0, TimeUnit.SECONDS),
        new FlowControlHandler(),
        new HttpConnection(pages));
    for (int i = handlers.size() - 1; i >= 0; i--) {
      pipeline.addAfter(after, null, handlers.get(i));
    }
    pipeline.channel().config().setAutoRead(false);
    pipeline.channel().read();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    answering = true;
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    boolean head = request.method().equals(HttpMethod.HEAD);
    if (request.decoderResult().isFailure()) {
      send(context, Answer.text(400, "400 Bad Request"), false, head);
      return;
    }
    Page page = pages.find(new QueryStringDecoder(request.uri()).path());
    if (page == null) {
      send(context, Answer.notFound(), keepAlive, head);
      return;
    }
    var unused = page.answer(request, context.executor())
        .whenCompleteAsync(
            (answer, failure) -> {
              if (failure != null) {
                log.error("page failed unexpectedly", failure);
                send(context, Answer.text(500, "Internal Server Error\n"), keepAlive, head);
              } else {
                send(context, answer, keepAlive, head);
              }
            },
            context.executor());
  }

  /** What was read made no whole request, or belonged to the handshake of TLS: the rest must be asked for. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!answering) {
      context.read();
    }
  }

  private void send(ChannelHandlerContext context, Answer answer, boolean keepAlive, boolean head) {
    ByteBuf body =
        head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body().sharedArray());
    var response = new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .set("X-Content-Type-Options", "nosniff")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length());
    if (answer.status() == 405) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET");
    }
    if (!keepAlive) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    var written = context.writeAndFlush(response);
    if (keepAlive) {
      answering = false;
      context.read();
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof IdleStateEvent) {
      var unused = context.close();
    } else {
      super.userEventTriggered(context, event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("HTTP connection failed", cause);
    var unused = context.close();
  }
}
