package dev.kvorum.apiserver.http;

import dev.kvorum.apiserver.http.Admission.Slot;
import java.lang.ref.Cleaner;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request from when it has arrived to when its answer has left. The handler runs on a virtual thread, everything that
 * touches the connection on its event loop.
 *
 * <p>Whoever moves {@link #state} away from {@code WAITING} answers; nobody else does. The place that the request takes
 * among those being served is free again when it is answered <em>and</em> its handler has returned, so that handlers that
 * hang cannot pile up; a stream frees it when it opens.
 */
final class Call {
  private static final Logger log = LoggerFactory.getLogger(Call.class);

  private enum State {
    WAITING,
    /** By its handler. */
    ANSWERED,
    /** By the transport, or not at all because the client is gone. */
    OVER
  }

  /** Made when the first handler lets go of a responder unanswered, which most never do. */
  private static final class Forgotten {
    static final Cleaner CLEANER = Cleaner.create();
  }

  private final Shared shared;
  private final HttpRequest request;
  private final Outlet outlet;
  private final BodyCollector body;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final AtomicInteger holding = new AtomicInteger(2); // the answer, the handler
  private final AtomicBoolean placeHeld = new AtomicBoolean();
  private final Slot slot;
  private @Nullable Thread handler; // on the event loop
  private @Nullable Future<?> deadline; // on the event loop
  private volatile @Nullable OpenStream stream;

  Call(Shared shared, HttpRequest request, Outlet outlet, BodyCollector body) {
    this.shared = shared;
    this.request = request;
    this.outlet = outlet;
    this.body = body;
    this.slot = Admission.slot(request);
  }

  /** Begins to serve. On the event loop. */
  void start() {
    if (!shared.admission.enter(slot)) {
      state.set(State.ANSWERED);
      body.release();
      WholeAnswer.write(outlet, shared, request.method(), Refusals.busy());
      return;
    }
    placeHeld.set(true);
    deadline = outlet
        .loop()
        .schedule(this::late, shared.limits.request().toMillis(), TimeUnit.MILLISECONDS);
    handler = Thread.ofVirtual().name("http-request").start(this::run);
  }

  private void run() {
    Responder responder = new Responder(this);
    try {
      shared.handler.handle(request, responder);
    } catch (Throwable e) { // the thread ends here anyhow, and the client is owed an answer
      if (!isInterruption()) {
        log.error("{} {} failed", request.method(), request.path(), e);
      }
      answerBroken();
    } finally {
      releaseOne();
    }
    if (state.get() == State.WAITING) {
      Forgotten.CLEANER.register(responder, () -> {
        if (state.get() == State.WAITING) {
          log.error("{} {} was never answered", request.method(), request.path());
          answerBroken();
        }
      });
    }
  }

  /** Whether the handler was told that nobody waits any more; that it then fails is no news. */
  private boolean isInterruption() {
    return state.get() == State.OVER;
  }

  private void answerBroken() {
    if (state.compareAndSet(State.WAITING, State.OVER)) {
      onLoop(() -> write(Refusals.broken()));
    }
  }

  private void late() {
    if (state.compareAndSet(State.WAITING, State.OVER)) {
      interrupt();
      write(Refusals.late());
    }
  }

  /** The client is gone, or its connection is. On the event loop. */
  void gone() {
    if (state.compareAndSet(State.WAITING, State.OVER)) {
      interrupt();
      answered();
    }
    OpenStream open = stream;
    if (open != null) {
      open.gone();
    }
  }

  /** The server is closing: a stream ends, anything else goes on. On the event loop. */
  void drain() {
    OpenStream open = stream;
    if (open != null) {
      open.close();
    }
  }

  private void interrupt() {
    if (handler != null) {
      handler.interrupt();
    }
  }

  /** Whether the handler may answer now; throws if it has before. */
  private boolean begin() {
    if (state.compareAndSet(State.WAITING, State.ANSWERED)) {
      return true;
    }
    if (state.get() == State.ANSWERED) {
      throw new IllegalStateException(
          request.method() + " " + request.path() + " is answered already");
    }
    return false;
  }

  private void send(HttpResponse response) {
    if (!begin()) {
      return;
    }
    if (!Gzip.applies(request, response, shared.limits.gzipBytes())) {
      onLoop(() -> write(response));
    } else if (Thread.currentThread().isVirtual()) {
      HttpResponse compressed = Gzip.compress(response);
      onLoop(() -> write(compressed));
    } else { // whoever answers from an event loop is not to wait for this
      var unused = Thread.ofVirtual().name("http-gzip").start(() -> {
        HttpResponse compressed = Gzip.compress(response);
        onLoop(() -> write(compressed));
      });
    }
  }

  private HttpStream open(int status, HttpFields headers) {
    OpenStream opened = new OpenStream(shared, outlet);
    if (!begin()) {
      opened.neverOpened();
      return opened;
    }
    stream = opened;
    leavePlace();
    onLoop(() -> {
      answered();
      shared.metrics.answered(request.method(), request.webSocket() ? 101 : status);
      opened.begin(status, headers, request.method().equals("HEAD"));
      if (shared.isStopping()) {
        opened.close();
      }
    });
    return opened;
  }

  private void write(HttpResponse response) {
    answered();
    WholeAnswer.write(outlet, shared, request.method(), response);
  }

  private void answered() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
    releaseOne();
  }

  private void releaseOne() {
    if (holding.decrementAndGet() == 0) {
      leavePlace();
      body.release();
    }
  }

  private void leavePlace() {
    if (placeHeld.compareAndSet(true, false)) {
      shared.admission.leave(slot);
    }
  }

  private void onLoop(Runnable task) {
    try {
      outlet.loop().execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("answered after the server was closed", e);
    }
  }

  /** What the handler holds. Nobody else does, so it can be noticed when nobody will ever answer. */
  private record Responder(Call call) implements HttpResponder {
    @Override
    public void send(HttpResponse response) {
      call.send(response);
    }

    @Override
    public HttpStream open(int status, HttpFields headers) {
      return call.open(status, headers);
    }
  }
}
