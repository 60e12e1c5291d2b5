package dev.kvorum.apiserver.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server on a free port, with limits that tests can reach. */
final class TestServer implements AutoCloseable {
  static final InetSocketAddress FREE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final HttpServer server;

  TestServer(HttpHandler handler) throws IOException {
    this(HttpLimits.usual(), handler);
  }

  TestServer(HttpLimits limits, HttpHandler handler) throws IOException {
    this(HttpConfig.plain(FREE).with(limits), handler);
  }

  TestServer(HttpConfig config, HttpHandler handler) throws IOException {
    server = HttpServer.start(config, handler);
  }

  RawClient connect() throws IOException {
    return new RawClient(server.address());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  @Override
  public void close() {
    server.close();
  }

  /** Answers with what was asked. */
  static HttpHandler echo() {
    return (request, responder) -> responder.send(HttpResponse.text(
        200,
        request.method() + " " + request.path() + " "
            + new String(request.body(), StandardCharsets.UTF_8)));
  }

  /** Opens a stream for each request, and keeps it. */
  static final class Streams implements HttpHandler {
    final Queue<HttpStream> open = new ConcurrentLinkedQueue<>();

    @Override
    public void handle(HttpRequest request, HttpResponder responder) {
      HttpStream stream = responder.open(200, HttpFields.of("Content-Type", "application/json"));
      stream.onClosed(() -> open.remove(stream));
      open.add(stream);
    }

    HttpStream only() {
      await(() -> open.size() == 1);
      return open.element();
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not happen in time");
      }
      LockSupport.parkNanos(100_000);
    }
  }

  /** Waits until the event loop has done what it was told so far. */
  static void settle(HttpStream stream) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    stream.executor().execute(() -> stream.executor().execute(done::countDown));
    done.await();
  }
}
