package dev.kvorum.grpc.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection: serves one request after the other, and reads the next one only when the answer is mostly sent.
 *
 * <p>Nothing is read that nobody asked for, so what a client sends ahead stays with the client. What a client may leave
 * unfinished is bounded in time: see the constants.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
  /** For how long a connection may be kept for later. */
  private static final long IDLE_SECONDS = 300;
  /** From the first byte of a request to its last, or to the first message of a stream. */
  private static final long REQUEST_SECONDS = 60;
  /** For how long, and how much, the rest of a body is taken whose request is answered already. */
  private static final long DRAIN_SECONDS = 5;

  private static final int DRAIN_BYTES = 1 << 20;
  private static final byte[] LINE_END = {'\n'};

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  private final Pages pages;
  private @Nullable Serving current; // the request that is being served
  private final Inbox inbox = new Inbox(this::received);
  private @Nullable ChannelHandlerContext own;
  private @Nullable Future<?> timer;
  private boolean headBegun;
  private boolean waitsForWritable;

  private HttpConnection(Pages pages) {
    this.pages = pages;
  }

  /**
   * Makes the connection of {@code pipeline} an HTTP/1.1 one.
   *
   * @param after the handler behind which this is put; what comes after it then hears nothing any more
   */
  static void install(ChannelPipeline pipeline, String after, Pages pages) {
    HttpConnection connection = new HttpConnection(pages);
    List<ChannelHandler> handlers = List.of(
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext context, Object bytes) {
            connection.bytesArrived(context.channel());
            context.fireChannelRead(bytes);
          }
        },
        new HttpServerCodec(),
        connection);
    for (int i = handlers.size() - 1; i >= 0; i--) {
      pipeline.addAfter(after, null, handlers.get(i));
    }
    pipeline.channel().config().setAutoRead(false);
    connection.awaitRequest();
  }

  private void awaitRequest() {
    headBegun = false;
    ChannelHandlerContext context = context();
    setTimer(context.channel(), IDLE_SECONDS, () -> close(context.channel()));
    inbox.want(context);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    own = context;
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(own, "not in a pipeline yet");
  }

  /** A request that has begun has less time than a connection that is kept for later. */
  private void bytesArrived(Channel channel) {
    if (current == null && !headBegun) {
      headBegun = true;
      setTimer(channel, REQUEST_SECONDS, () -> close(channel));
    }
  }

  private static void close(Channel channel) {
    var unused = channel.close();
  }

  private void setTimer(Channel channel, long seconds, Runnable action) {
    stopTimer();
    timer = channel.eventLoop().schedule(action, seconds, TimeUnit.SECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    inbox.add(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    inbox.readComplete(context);
  }

  private void received(Object message) {
    try {
      if (message instanceof HttpRequest request) {
        begin(context(), request);
      }
      if (message instanceof HttpContent content && current != null) {
        current.take(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    boolean secure = context.pipeline().get(SslHandler.class) != null;
    Serving serving = new Serving(context, request, pages.access().headers(request));
    current = serving;
    setTimer(context.channel(), REQUEST_SECONDS, serving::late);
    if (request.decoderResult().isFailure() || lacksHost(request)) {
      serving.keepAlive = false;
      serving.answer(Answer.text(400, "400 Bad Request"));
      return;
    }
    String path = RequestPath.of(request.uri());
    Route route = pages.find(path);
    Answer refusal = pages.access().refusal(request, secure, route != null && route.isGuarded());
    if (refusal != null) {
      serving.answer(refusal);
    } else if (request.method().equals(HttpMethod.OPTIONS)) {
      serving.answer(Answer.text(200, ""));
    } else if (route == null) {
      serving.answer(Answer.notFound());
    } else if (route.acceptsWebSockets() && WebSocketConnection.isUpgrade(request)) {
      if (WebSocketConnection.upgrade(context, this, request, path, route)) {
        return;
      }
      serving.answer(Answer.text(400, "Bad Request\n"));
    } else {
      serving.exchange = route.open(request, path, serving);
      serving.continueIfExpected();
    }
    serving.readOn();
  }

  private static boolean lacksHost(HttpRequest request) {
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.headers().getAll(HttpHeaderNames.HOST).size() != 1;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    if (context.channel().isWritable()) {
      if (current == null) {
        if (waitsForWritable) {
          waitsForWritable = false;
          awaitRequest();
        }
      } else if (current.exchange != null && !current.ended) {
        current.exchange.writable();
      }
    }
    super.channelWritabilityChanged(context);
  }

  /** The request is served and its body is here: on to the next one. */
  private void served(ChannelHandlerContext context) {
    current = null;
    stopTimer();
    if (context.channel().isWritable()) {
      awaitRequest();
    } else {
      // a client that does not read its answers is not read either
      waitsForWritable = true;
      setTimer(context.channel(), IDLE_SECONDS, () -> close(context.channel()));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    abandon();
    super.channelInactive(context);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    inbox.clear();
    stopTimer();
  }

  private void abandon() {
    stopTimer();
    inbox.clear();
    Serving serving = current;
    current = null;
    if (serving != null && serving.exchange != null && !serving.ended) {
      serving.ended = true;
      serving.exchange.gone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("HTTP connection failed", cause);
    close(context.channel());
  }

  /** A request and its response. */
  private final class Serving implements Response {
    private final ChannelHandlerContext context;
    private final HttpRequest request;
    private final Map<String, String> accessHeaders;
    private final boolean head;
    private @Nullable Exchange exchange;
    private boolean keepAlive;
    private boolean begun;
    private boolean ended;
    private boolean bodyEnded;
    private boolean sent;
    private int drained;

    Serving(ChannelHandlerContext context, HttpRequest request, Map<String, String> accessHeaders) {
      this.context = context;
      this.request = request;
      this.accessHeaders = accessHeaders;
      this.head = request.method().equals(HttpMethod.HEAD);
      this.keepAlive = HttpUtil.isKeepAlive(request);
    }

    private void close() {
      HttpConnection.close(context.channel());
    }

    private void write(Object message) {
      var unused = context.writeAndFlush(message);
    }

    void take(HttpContent content) {
      if (content.decoderResult().isFailure()) {
        keepAlive = false;
        bodyEnded = true;
        if (ended) {
          proceed();
        } else {
          close();
        }
        return;
      }
      if (!ended && exchange != null) {
        if (content.content().isReadable()) {
          exchange.body(content.content());
        }
      } else {
        drained += content.content().readableBytes();
      }
      if (content instanceof LastHttpContent) {
        bodyEnded = true;
        stopTimer();
        if (!ended && exchange != null) {
          exchange.bodyEnded();
        }
        if (!ended) {
          context.read(); // or nobody would notice when the client goes away
        }
      }
      proceed();
    }

    /** Whatever comes next for this request. */
    private void proceed() {
      if (current != this) {
        return;
      }
      if (ended && bodyEnded) {
        if (keepAlive) {
          served(context);
        } else if (sent) {
          close();
        }
      } else if (ended && drained > DRAIN_BYTES) {
        close();
      } else {
        readOn();
      }
    }

    void readOn() {
      if (bodyEnded || current != this) {
        return;
      }
      if (ended || exchange == null || exchange.wantsBody()) {
        inbox.want(context);
      }
    }

    private void late() {
      if (exchange != null && exchange.isEstablished()) {
        return;
      }
      Exchange unfinished = exchange;
      boolean wasOpen = !ended;
      exchange = null;
      if (wasOpen && unfinished != null) {
        unfinished.gone();
      }
      keepAlive = false;
      if (wasOpen && !begun) {
        answer(Answer.text(408, "Request Timeout\n"));
      }
      close();
    }

    void continueIfExpected() {
      if (!ended && HttpUtil.is100ContinueExpected(request)) {
        write(new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
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
      if (ended || begun) {
        return;
      }
      ByteBuf body =
          head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body().sharedArray());
      var response = new DefaultFullHttpResponse(
          HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
      HttpHeaders headers = response.headers();
      answer.headers().forEach(headers::set);
      label(headers, answer.contentType());
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length());
      context.writeAndFlush(response).addListener(this::sent);
      finish();
    }

    @Override
    public void begin(String contentType, Map<String, String> more) {
      begun = true;
      var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      more.forEach(response.headers()::set);
      if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
        response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      } else {
        keepAlive = false;
      }
      label(response.headers(), contentType);
      var unused = context.write(response);
    }

    /** Says at the end that the connection ends with this response, if it is known by now. */
    private void label(HttpHeaders headers, String contentType) {
      accessHeaders.forEach(headers::set);
      headers
          .set(HttpHeaderNames.CONTENT_TYPE, contentType)
          .set("X-Content-Type-Options", "nosniff");
      if (!keepAlive) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
      }
    }

    @Override
    public void line(byte[] line) {
      if (!ended) {
        write(new DefaultHttpContent(Unpooled.wrappedBuffer(line, LINE_END)));
      }
    }

    @Override
    public void end() {
      if (!ended) {
        context.writeAndFlush(new DefaultLastHttpContent()).addListener(this::sent);
        finish();
      }
    }

    private void sent(io.netty.util.concurrent.Future<?> written) {
      sent = true;
      if ((!keepAlive && bodyEnded) || !written.isSuccess()) {
        close();
      }
    }

    private void finish() {
      ended = true;
      if (!bodyEnded) {
        setTimer(context.channel(), DRAIN_SECONDS, this::close);
      }
      loop().execute(this::proceed); // whoever answered is done first
    }

    @Override
    public boolean isWritable() {
      return !ended && context.channel().isWritable();
    }

    @Override
    public void wantBody() {
      readOn();
    }
  }
}
