package dev.kvorum.store.raft;

import dev.kvorum.store.engine.Engine;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the engine give back the space of what was deleted: when asked to, and when a compaction of history has left much
 * behind. In the background, one run at a time.
 */
final class Reclaimer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reclaimer.class);

  /** Garbage that is not worth a run. */
  private static final long MIN_GARBAGE_BYTES = 64L << 20;

  private final Supplier<Engine> engine;
  private final LongSupplier retainedBytes;
  private final ReadPool thread;
  private final AtomicBoolean requested = new AtomicBoolean();

  /**
   * Creates it.
   *
   * @param engine the one in use
   * @param retainedBytes about what is stored in it and not garbage
   */
  Reclaimer(String name, Supplier<Engine> engine, LongSupplier retainedBytes) {
    this.engine = engine;
    this.retainedBytes = retainedBytes;
    this.thread = new ReadPool(name + "-reclaimer", 1, 2);
  }

  /** Asks for a run; never waits. Asking again before it has begun changes nothing. */
  void request() {
    if (requested.compareAndSet(false, true)) {
      try {
        thread.execute(this::run);
      } catch (RejectedExecutionException closed) {
        LOG.debug("not reclaimed: closing", closed);
      }
    }
  }

  /** Asks for a run if at least a third of what is on disk is garbage. */
  void requestIfWorthwhile() {
    long total = engine.get().size().totalBytes();
    long garbage = total - retainedBytes.getAsLong();
    if (garbage >= MIN_GARBAGE_BYTES && garbage >= total / 3) {
      request();
    }
  }

  private void run() {
    requested.set(false);
    try {
      Engine current = engine.get();
      long before = current.size().totalBytes();
      current.compact();
      LOG.info(
          "reclaimed space: {} bytes before, {} now", before, current.size().totalBytes());
    } catch (IllegalStateException e) {
      LOG.debug("the state was replaced or closed meanwhile", e);
    } catch (RuntimeException e) {
      LOG.warn(
          "space could not be reclaimed", e); // writing is what must not fail, and tells itself
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
