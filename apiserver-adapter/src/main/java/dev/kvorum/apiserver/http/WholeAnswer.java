package dev.kvorum.apiserver.http;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Writes an answer with its whole body, for as long as the client takes some of it now and then. On the event loop. */
final class WholeAnswer {
  /** What is handed to the connection at a time; small enough that a slow client shows progress. */
  private static final int SLICE = 256 << 10;

  private final Outlet outlet;
  private final Shared shared;
  private long left; // bytes that the client took
  private boolean done;

  private WholeAnswer(Outlet outlet, Shared shared) {
    this.outlet = outlet;
    this.shared = shared;
  }

  /**
   * Writes {@code response}; {@link Outlet#done} is called when it has left or cannot.
   *
   * @param method of the request
   */
  static void write(Outlet outlet, Shared shared, String method, HttpResponse response) {
    shared.metrics.answered(method, response.status());
    new WholeAnswer(outlet, shared).write(method, response);
  }

  private void write(String method, HttpResponse response) {
    byte[] body = response.body();
    try {
      var unused = outlet.head(response.status(), response.headers(), body.length);
    } catch (IllegalArgumentException e) { // a header that cannot be sent
      outlet.abort();
      outlet.done();
      throw e;
    }
    if (!method.equals("HEAD") && response.status() != 204 && response.status() != 304) {
      for (int from = 0; from < body.length; from += SLICE) {
        int to = Math.min(body.length, from + SLICE);
        int length = to - from;
        outlet.data(body, from, to).addListener(written -> taken(written, length));
      }
    }
    Future<?> end = outlet.end();
    outlet.flush();
    if (!end.isDone()) {
      watch(0);
    }
    end.addListener(ended -> {
      done = true;
      outlet.done();
    });
  }

  private void taken(Future<?> written, int length) {
    if (written.isSuccess()) {
      left += length;
      shared.metrics.sent(length);
    }
  }

  private void watch(long before) {
    var unused = outlet
        .loop()
        .schedule(
            () -> {
              if (done) {
                return;
              }
              if (left == before) {
                outlet.abort();
              } else {
                watch(left);
              }
            },
            shared.limits.send().toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
