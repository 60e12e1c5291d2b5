package dev.kvorum.apiserver.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A request on HTTP/1.1, and the way of its answer. On the event loop. */
final class Http1Exchange implements Outlet {
  private final Http1Connection connection;
  private final io.netty.handler.codec.http.HttpRequest head;
  private final BodyCollector body;
  private final boolean webSocket;
  private @Nullable RequestTarget target; // null if the request was refused
  private @Nullable Peer peer;
  private @Nullable Call call;
  private @Nullable Outlet frames; // once this is a WebSocket
  private boolean keepAlive;
  private boolean answering;
  private boolean received;
  private boolean left;
  private long discarded;

  Http1Exchange(Http1Connection connection, io.netty.handler.codec.http.HttpRequest head) {
    this.connection = connection;
    this.head = head;
    this.keepAlive = HttpUtil.isKeepAlive(head);
    this.webSocket = WebSockets.isAskedFor(head);
    Shared shared = connection.shared();
    this.body = new BodyCollector(shared.limits.bodyBytes(), shared.admission);
  }

  /** The request makes sense; it is served when its body is here. */
  void accept(RequestTarget asked, Peer from) {
    target = asked;
    peer = from;
  }

  /** This is the last request on its connection. */
  void endConnection() {
    keepAlive = false;
  }

  void refuse(HttpResponse response) {
    target = null;
    answering = true;
    body.release();
    if (!received) {
      keepAlive = false;
    }
    WholeAnswer.write(this, connection.shared(), head.method().name(), response);
  }

  void take(HttpContent content) {
    Shared shared = connection.shared();
    int bytes = content.content().readableBytes();
    shared.metrics.received(bytes);
    received = Http1Connection.isEnd(content) || content.decoderResult().isFailure();
    if (answering) {
      discarded += bytes;
    } else if (content.decoderResult().isFailure()) {
      endConnection();
      refuse(Refusals.malformed());
    } else {
      switch (body.add(content.content())) {
        case TAKEN -> {
          if (received) {
            serve();
          }
        }
        case TOO_LARGE -> {
          endConnection();
          refuse(Refusals.bodyTooLarge(shared.limits.bodyBytes()));
        }
        case NO_ROOM -> refuse(Refusals.busy());
      }
    }
  }

  private void serve() {
    RequestTarget asked = target;
    Peer from = peer;
    if (asked == null || from == null) {
      return; // refused
    }
    connection.stopTimer();
    answering = true;
    HttpFields.Builder headers = HttpFields.builder();
    head.headers().forEach(field -> headers.add(field.getKey(), field.getValue()));
    call = new Call(
        connection.shared(),
        new HttpRequest(
            head.method().name(),
            asked.path(),
            QueryParameters.parse(asked.query()),
            headers.build(),
            body.body(),
            webSocket,
            from.secure(),
            from.certificates(),
            from.remote()),
        this,
        body);
    call.start();
  }

  boolean isReceived() {
    return received;
  }

  boolean isAnswering() {
    return answering;
  }

  boolean hasLeft() {
    return left;
  }

  boolean isLast() {
    return !keepAlive;
  }

  long discarded() {
    return discarded;
  }

  void drain() {
    keepAlive = false;
    if (call != null) {
      call.drain();
    }
  }

  void gone() {
    if (call == null) {
      body.release();
    } else {
      call.gone();
    }
  }

  private Channel channel() {
    return connection.context().channel();
  }

  @Override
  public EventLoop loop() {
    return channel().eventLoop();
  }

  @Override
  public Future<?> head(int status, HttpFields fields, long length) {
    if (webSocket && length < 0) {
      WebSocketFrames opened = new WebSocketFrames(connection.context(), fields, this::peerClosed);
      Future<?> written = opened.handshake(head, fields);
      frames = opened;
      connection.becomeWebSocket(opened);
      return written;
    }
    boolean old = head.protocolVersion().minorVersion() == 0;
    var response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    HttpHeaders headers = response.headers();
    fields.forEach(headers::add);
    headers.set(HttpHeaderNames.DATE, HttpDate.now());
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH);
    if (length >= 0) {
      if (status != 204 && status != 304) {
        headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
      }
    } else if (old) {
      keepAlive = false; // the end of the connection is the end of the body
    } else {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (connection.shared().isStopping()) {
      keepAlive = false;
    }
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (old) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return connection.context().write(response);
  }

  private void peerClosed() {
    if (call != null) {
      call.gone();
    }
  }

  @Override
  public Future<?> data(byte[] bytes, int from, int to) {
    return frames != null
        ? frames.data(bytes, from, to)
        : connection
            .context()
            .write(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, from, to - from)));
  }

  @Override
  public Future<?> end() {
    return frames != null
        ? frames.end()
        : connection.context().write(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  @Override
  public void flush() {
    connection.context().flush();
  }

  @Override
  public void abort() {
    connection.close();
  }

  @Override
  public void done() {
    if (left || !connection.serves(this)) {
      return;
    }
    left = true;
    if (frames != null) {
      frames.done();
    } else {
      if (!received) {
        connection.linger();
      }
      // not from within: whoever was writing is done first
      loop().execute(() -> {
        if (connection.serves(this)) {
          connection.proceed();
        }
      });
    }
  }
}
