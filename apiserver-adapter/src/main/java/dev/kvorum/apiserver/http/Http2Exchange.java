package dev.kvorum.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request on HTTP/2, and the way of its answer. On the event loop. */
final class Http2Exchange extends ChannelInboundHandlerAdapter implements Outlet {
  private static final Logger log = LoggerFactory.getLogger(Http2Exchange.class);

  /** Headers about the connection, which HTTP/2 has no place for. */
  private static final Set<String> OF_CONNECTION =
      Set.of("connection", "transfer-encoding", "keep-alive", "upgrade", "content-length");

  private final Shared shared;
  private final Channel stream;
  private final Peer peer;
  private final BodyCollector body;
  private String method = "";
  private @Nullable Http2Headers head; // null before it came
  private @Nullable Call call;
  private java.util.concurrent.@Nullable Future<?> timer;
  private boolean answering;
  private boolean received;
  private boolean left;

  Http2Exchange(Shared shared, Channel stream, Peer peer) {
    this.shared = shared;
    this.stream = stream;
    this.peer = peer;
    this.body = new BodyCollector(shared.limits.bodyBytes(), shared.admission);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof Http2HeadersFrame headers) {
        received = headers.isEndStream();
        if (head == null) {
          begin(headers.headers());
        } else {
          proceed(); // trailers
        }
      } else if (message instanceof Http2DataFrame data) {
        received = data.isEndStream();
        take(data.content());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(Http2Headers headers) {
    head = headers;
    CharSequence verb = headers.method();
    method = verb == null ? "" : verb.toString();
    if (verb == null || headers.path() == null) {
      refuse(Refusals.malformed());
      return;
    }
    CharSequence length = headers.get("content-length");
    if (length != null && isTooLong(length.toString())) {
      refuse(Refusals.bodyTooLarge(shared.limits.bodyBytes()));
      return;
    }
    if (!received) {
      timer =
          loop().schedule(this::tooSlow, shared.limits.receive().toMillis(), TimeUnit.MILLISECONDS);
    }
    proceed();
  }

  private boolean isTooLong(String length) {
    try {
      return Long.parseLong(length) > shared.limits.bodyBytes();
    } catch (NumberFormatException e) {
      return false; // the frames will tell
    }
  }

  private void take(ByteBuf part) {
    shared.metrics.received(part.readableBytes());
    if (answering) {
      return;
    }
    switch (body.add(part)) {
      case TAKEN -> proceed();
      case TOO_LARGE -> refuse(Refusals.bodyTooLarge(shared.limits.bodyBytes()));
      case NO_ROOM -> refuse(Refusals.busy());
    }
  }

  private void proceed() {
    if (received && !answering) {
      serve();
    }
  }

  private void tooSlow() {
    if (!answering) {
      refuse(Refusals.tooSlow());
    }
  }

  private void refuse(HttpResponse response) {
    stopTimer();
    answering = true;
    body.release();
    WholeAnswer.write(this, shared, method, response);
  }

  private void serve() {
    stopTimer();
    Http2Headers headers = head;
    CharSequence path = headers == null ? null : headers.path();
    RequestTarget target = path == null ? null : RequestTarget.parse(path.toString());
    if (headers == null || target == null) {
      refuse(Refusals.malformed());
      return;
    }
    answering = true;
    call = new Call(
        shared,
        new HttpRequest(
            method,
            target.path(),
            QueryParameters.parse(target.query()),
            fields(headers),
            body.body(),
            false,
            peer.secure(),
            peer.certificates(),
            peer.remote()),
        this,
        body);
    call.start();
  }

  private static HttpFields fields(Http2Headers headers) {
    HttpFields.Builder fields = HttpFields.builder();
    CharSequence authority = headers.authority();
    if (authority != null && !headers.contains("host")) {
      fields.add("host", authority.toString());
    }
    headers.forEach(field -> {
      if (field.getKey().length() > 0 && field.getKey().charAt(0) != ':') {
        fields.add(field.getKey().toString(), field.getValue().toString());
      }
    });
    return fields.build();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  void drain() {
    if (call != null) {
      call.drain();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    stopTimer();
    if (call == null) {
      body.release();
    } else {
      call.gone();
    }
    super.channelInactive(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("a request failed", cause);
    abort();
  }

  @Override
  public EventLoop loop() {
    return stream.eventLoop();
  }

  @Override
  public Future<?> head(int status, HttpFields fields, long length) {
    Http2Headers headers = new DefaultHttp2Headers();
    headers.status(Integer.toString(status));
    fields.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!OF_CONNECTION.contains(lower)) {
        headers.add(lower, value);
      }
    });
    headers.set("date", HttpDate.now());
    if (length >= 0 && status != 204 && status != 304) {
      headers.setLong("content-length", length);
    }
    return stream.write(new DefaultHttp2HeadersFrame(headers));
  }

  @Override
  public Future<?> data(byte[] bytes, int from, int to) {
    return stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes, from, to - from)));
  }

  @Override
  public Future<?> end() {
    return stream.write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void abort() {
    reset(Http2Error.INTERNAL_ERROR);
  }

  @Override
  public void done() {
    if (left) {
      return;
    }
    left = true;
    if (!received && stream.isActive()) { // the client need not send the rest
      reset(Http2Error.NO_ERROR);
    }
  }

  private void reset(Http2Error error) {
    var unused = stream
        .writeAndFlush(new DefaultHttp2ResetFrame(error))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
