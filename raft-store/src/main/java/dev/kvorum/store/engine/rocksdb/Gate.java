package dev.kvorum.store.engine.rocksdb;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets many in and out cheaply, and lets one close it: who comes later is refused, who is inside is waited for.
 *
 * <p>Counters are spread over stripes so that readers on different cores do not share a cache line. Whoever enters counts
 * itself first and looks at {@link #closed} afterwards; the closer does it the other way round; so one of them sees the
 * other.
 */
final class Gate {
  private static final int STRIPES = 16;
  private static final int PADDING = 16; // longs: two cache lines

  private final AtomicLongArray inside = new AtomicLongArray(STRIPES * PADDING);
  private volatile boolean closed;

  /**
   * Enters.
   *
   * @return what {@link #exit} wants back
   * @throws IllegalStateException if the gate is closed
   */
  int enter() {
    int stripe = ((int) Thread.currentThread().threadId() & STRIPES - 1) * PADDING;
    inside.getAndIncrement(stripe);
    if (closed) {
      inside.getAndDecrement(stripe);
      throw new IllegalStateException("the engine is closed");
    }
    return stripe;
  }

  void exit(int stripe) {
    inside.getAndDecrement(stripe);
  }

  /** Refuses who comes from now on; false if that was so already. */
  boolean close() {
    synchronized (this) {
      boolean first = !closed;
      closed = true;
      return first;
    }
  }

  /** Waits until nobody is inside, at most {@code maxNanos}; whether that is so. */
  boolean awaitEmpty(long maxNanos) {
    long start = System.nanoTime();
    while (count() > 0) {
      if (System.nanoTime() - start > maxNanos) {
        return false;
      }
      LockSupport.parkNanos(100_000);
    }
    return true;
  }

  /** How many are inside. */
  long count() {
    long count = 0;
    for (int i = 0; i < STRIPES; i++) {
      count += inside.get(i * PADDING);
    }
    return count;
  }
}
