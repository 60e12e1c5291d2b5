package dev.kvorum.store.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.kvorum.store.Event;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Where events enter and watch streams are opened.
 *
 * <p>Threading: {@link #publish} and {@link #reset} belong to the thread that applies entries; everything else may be
 * called from any thread. Nothing blocks: the apply thread appends to the {@link EventRing} and posts at most one task
 * per event loop at a time; a loop that lags finds several entries at once.
 *
 * <p>Invariant: an event can be read from history or from the ring before {@code publishedRevision} covers it. No
 * watcher is told of a revision above that.
 */
public final class WatchHub implements AutoCloseable {
  private final History history;
  private final Executor catchUp;
  private final WatchLimits limits;
  private final LongSupplier nanoClock;
  private final EventRing ring;
  private final LongAdder eventsSent = new LongAdder();

  /** Loops that have streams, by executor. Guards itself and the streams of every loop. */
  @GuardedBy("loopsByExecutor")
  private final IdentityHashMap<Executor, WatchLoop> loopsByExecutor = new IdentityHashMap<>();

  /** The values of the map; replaced, never changed, so that publishing needs no lock. */
  private volatile List<WatchLoop> loops = List.of();

  private volatile long publishedRevision;

  @GuardedBy("loopsByExecutor")
  private boolean closed;

  @GuardedBy("loopsByExecutor")
  private long streamsOpened;

  /**
   * @param history what was applied; its current revision is where live events begin
   * @param catchUp runs reads of history, which may block; is given at most one per stream at a time, and at most {@link
   *     WatchLimits#historyReadsPerLoop} per loop
   * @param nanoClock as {@link System#nanoTime}
   */
  public WatchHub(History history, Executor catchUp, WatchLimits limits, LongSupplier nanoClock) {
    this.history = history;
    this.catchUp = catchUp;
    this.limits = limits;
    this.nanoClock = nanoClock;
    publishedRevision = history.currentRevision();
    ring = new EventRing(limits.ringBytes(), limits.ringEntries(), publishedRevision);
  }

  /**
   * Takes what one applied entry changed. To be called after the entry was written and before its callers are answered,
   * so that a watcher made after an answer does not see what was answered.
   *
   * @param revision the revision after the entry
   * @param events every event of the revisions from the last call's to {@code revision}, ascending; with random access;
   *     not changed any more
   */
  public void publish(long revision, List<Event> events) {
    if (revision < publishedRevision || (revision == publishedRevision && !events.isEmpty())) {
      throw new IllegalStateException(
          "revision " + revision + " published after " + publishedRevision);
    }
    if (revision == publishedRevision) {
      return;
    }
    ring.append(revision, events);
    advanceTo(revision);
  }

  /**
   * Says that the state was replaced by a later one, without the events in between: watchers read them from history or
   * are cancelled as compacted.
   */
  public void reset(long revision) {
    if (revision < publishedRevision) {
      throw new IllegalStateException("reset to " + revision + " from " + publishedRevision);
    }
    ring.clear(revision);
    advanceTo(revision);
  }

  private void advanceTo(long revision) {
    publishedRevision = revision;
    for (WatchLoop loop : loops) {
      // A watcher counts before it looks at the published revision; so either it sees this one or
      // is seen here.
      if (loop.hasWatchers()) {
        loop.wake();
      }
    }
  }

  /**
   * Opens a stream that lives on {@code executor}.
   *
   * @param executor runs its tasks one after the other
   */
  public WatchStream open(Executor executor, WatchSink sink) {
    synchronized (loopsByExecutor) {
      WatchLoop loop = loopsByExecutor.get(executor);
      if (loop == null) {
        loop = new WatchLoop(this, executor);
      }
      // Spread over [0, 10 %) by the golden ratio, so that streams opened together do not notify
      // together.
      long serial = streamsOpened++;
      double jitter = 0.1 * ((serial * 0.6180339887498949) % 1);
      long interval = (long) (limits.progressInterval().toNanos() * (1 + jitter));
      HubWatchStream stream = new HubWatchStream(loop, sink, serial, interval);
      if (closed) {
        loop.post(() -> stream.fail(StoreException.of(StoreException.Kind.STOPPED)));
        return stream;
      }
      loop.streams().add(stream);
      if (loopsByExecutor.put(executor, loop) == null) {
        loops = List.copyOf(loopsByExecutor.values());
      }
      return stream;
    }
  }

  /** Takes out a stream that has ended, and its loop after the last one. */
  void release(WatchLoop loop, HubWatchStream stream) {
    synchronized (loopsByExecutor) {
      loop.streams().remove(stream);
      if (loop.streams().isEmpty()) {
        drop(loop);
      }
    }
  }

  /** Takes out a loop whatever streams it has. */
  void drop(WatchLoop loop) {
    synchronized (loopsByExecutor) {
      if (loopsByExecutor.remove(loop.executor(), loop)) {
        loops = List.copyOf(loopsByExecutor.values());
      }
    }
  }

  /** To be called every {@link WatchLimits#tickInterval}; sends the progress notifications that are due. */
  public void tick() {
    for (WatchLoop loop : loops) {
      loop.requestTick();
    }
  }

  /** Ends every stream that is open with {@code failure}. */
  public void failAll(StoreException failure) {
    for (WatchLoop loop : loops) {
      loop.post(() -> loop.failAll(failure));
    }
  }

  /** Fails every stream, now and from now on, as {@code STOPPED}. Idempotent. */
  @Override
  public void close() {
    synchronized (loopsByExecutor) {
      closed = true;
    }
    failAll(StoreException.of(StoreException.Kind.STOPPED));
  }

  public WatchCounts counts() {
    int streams = 0;
    int watchers = 0;
    int unsynced = 0;
    long pending = 0;
    Collection<WatchLoop> seen = loops;
    for (WatchLoop loop : seen) {
      streams += loop.streams().size();
      watchers += loop.watcherCount();
      unsynced += loop.unsyncedCount();
      pending += loop.pendingRevisions();
    }
    return new WatchCounts(streams, watchers, unsynced, pending, eventsSent.sum());
  }

  long publishedRevision() {
    return publishedRevision;
  }

  History history() {
    return history;
  }

  Executor catchUp() {
    return catchUp;
  }

  WatchLimits limits() {
    return limits;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  EventRing ring() {
    return ring;
  }

  LongAdder eventsSent() {
    return eventsSent;
  }

  /** Loops that are registered; for tests of leaks. */
  int loopCount() {
    return loops.size();
  }
}
