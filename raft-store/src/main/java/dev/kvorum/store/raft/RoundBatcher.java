package dev.kvorum.store.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets many waiters share rounds of a question to others. At most one round is under way; those who come meanwhile share
 * the next one. So whoever joins is answered by a round that began after it joined: that is what makes the answer good
 * for it. Thread-safe.
 *
 * @param <W> a waiter
 */
final class RoundBatcher<W> {
  /** Told the outcome of a round, on whichever thread it ended. */
  interface Outcome<W> {
    /**
     * Answers the waiters of a round.
     *
     * @param index what the round found; meaningless when it failed
     * @param failure null if it succeeded
     */
    void settled(List<W> waiters, long index, @Nullable Throwable failure);
  }

  private static final int STARTING = 0;
  private static final int UNDER_WAY = 1;
  private static final int ENDED = 2;

  private final Supplier<CompletableFuture<Long>> round;
  private final Outcome<W> outcome;
  private final Object lock = new Object();
  private List<W> waiting = new ArrayList<>();
  private boolean running;

  RoundBatcher(Supplier<CompletableFuture<Long>> round, Outcome<W> outcome) {
    this.round = round;
    this.outcome = outcome;
  }

  void join(W waiter) {
    synchronized (lock) {
      waiting.add(waiter);
      if (running) {
        return;
      }
      running = true;
    }
    runRounds();
  }

  private void runRounds() {
    while (true) {
      List<W> waiters;
      synchronized (lock) {
        if (waiting.isEmpty()) {
          running = false;
          return;
        }
        waiters = waiting;
        waiting = new ArrayList<>();
      }
      AtomicInteger state = new AtomicInteger(STARTING);
      Futures.onDone(begin(), (index, failure) -> {
        try {
          outcome.settled(waiters, index == null ? 0 : index, failure);
        } finally {
          if (state.getAndSet(ENDED) == UNDER_WAY) {
            runRounds();
          }
        }
      });
      if (state.compareAndSet(STARTING, UNDER_WAY)) {
        return; // goes on when the round ends
      }
    }
  }

  private CompletableFuture<Long> begin() {
    try {
      return round.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
