package dev.kvorum.apiserver.http;

import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream over any kind of connection. What is sent goes through a queue, which one task on the event loop empties into
 * the connection, however many frames came meanwhile.
 *
 * <p>{@link #waiting} counts what was sent and has not left, wherever it waits: in the queue, in the connection's buffer, for
 * HTTP/2's window. It is this stream's own, so a client that does not read one stream does not make others wait.
 */
final class OpenStream implements HttpStream {
  private static final Logger log = LoggerFactory.getLogger(OpenStream.class);
  private static final byte[] END = {}; // told by identity

  private final Shared shared;
  private final Outlet outlet;
  private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final List<Runnable> closedTasks = new ArrayList<>(1); // guarded by itself
  private volatile boolean full;
  private volatile boolean over; // changed on the event loop, under the lock of closedTasks
  private volatile @Nullable Runnable readyTask;
  private boolean begun; // on the event loop
  private java.util.concurrent.@Nullable Future<?> patience; // on the event loop

  OpenStream(Shared shared, Outlet outlet) {
    this.shared = shared;
    this.outlet = outlet;
  }

  /** Sends the head. On the event loop. */
  void begin(int status, HttpFields headers, boolean bodiless) {
    if (over) {
      outlet.done();
      return;
    }
    begun = true;
    shared.metrics.streamOpened();
    try {
      outlet.head(status, headers, -1).addListener(this::headWritten);
    } catch (IllegalArgumentException e) { // a header that cannot be sent
      giveUp();
      throw e;
    }
    outlet.flush();
    if (bodiless) {
      close();
    }
  }

  private void headWritten(Future<?> written) {
    if (!written.isSuccess()) {
      gone();
    }
  }

  /** The answer came too late; there is nobody to whom anything could be sent. */
  void neverOpened() {
    execute(this::finish);
  }

  @Override
  public Executor executor() {
    return outlet.loop();
  }

  @Override
  public boolean isReady() {
    return !full && !over;
  }

  @Override
  public void send(byte[] frame) {
    if (over || closing.get()) {
      return;
    }
    long before = waiting.getAndAdd(frame.length);
    if (before + frame.length >= shared.limits.streamHighBytes()) {
      full = true; // before the frame can be written, or the news that it was could be missed
    }
    if (before >= shared.limits.streamQueueBytes()) {
      closing.set(true);
      execute(this::overflow);
      return;
    }
    queue.add(frame);
    schedule();
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      execute(this::drain);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the end is told by identity
  private void drain() {
    scheduled.set(false);
    boolean written = false;
    for (byte[] frame = queue.poll(); frame != null && !over; frame = queue.poll()) {
      written = true;
      if (frame == END) {
        outlet.end().addListener(ended -> finishAndSayDone());
        break;
      }
      int length = frame.length;
      outlet.data(frame, 0, length).addListener(left -> left(left, length));
    }
    if (written) {
      outlet.flush();
    }
  }

  private void left(Future<?> written, int length) {
    long rest = waiting.addAndGet(-length);
    if (!written.isSuccess()) {
      gone();
      return;
    }
    shared.metrics.sent(length);
    if (full && rest <= shared.limits.streamLowBytes() && !over) {
      full = false;
      Runnable task = readyTask;
      if (task != null) {
        run(task);
      }
    }
  }

  private void overflow() {
    if (!over) {
      log.info("a client does not take what it asked for; its stream is ended");
      giveUp();
    }
  }

  private void giveUp() {
    if (!over) {
      shared.metrics.streamGivenUp();
      outlet.abort();
      finishAndSayDone();
    }
  }

  /** The client is gone. On the event loop. */
  void gone() {
    finishAndSayDone();
  }

  @Override
  public void onReady(Runnable task) {
    readyTask = task;
  }

  @Override
  public void onClosed(Runnable task) {
    synchronized (closedTasks) {
      if (!over) {
        closedTasks.add(task);
        return;
      }
    }
    try {
      outlet.loop().execute(() -> run(task));
    } catch (RejectedExecutionException e) { // there is no loop any more, but the owner is to know
      run(task);
    }
  }

  @Override
  public void close() {
    if (over || !closing.compareAndSet(false, true)) {
      return;
    }
    queue.add(END);
    schedule();
    execute(() -> {
      if (!over) {
        patience = outlet
            .loop()
            .schedule(this::giveUp, shared.limits.send().toMillis(), TimeUnit.MILLISECONDS);
      }
    });
  }

  private void finishAndSayDone() {
    if (!over) {
      finish();
      outlet.done();
    }
  }

  private void finish() {
    List<Runnable> tasks;
    synchronized (closedTasks) {
      if (over) {
        return;
      }
      over = true;
      tasks = List.copyOf(closedTasks);
      closedTasks.clear();
    }
    closing.set(true);
    queue.clear();
    if (patience != null) {
      patience.cancel(false);
    }
    if (begun) {
      shared.metrics.streamClosed();
    }
    tasks.forEach(OpenStream::run);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a stream's owner failed", e);
    }
  }

  private void execute(Runnable task) {
    try {
      outlet.loop().execute(task);
    } catch (RejectedExecutionException e) { // the server is closed, and so is this
      finish();
    }
  }
}
