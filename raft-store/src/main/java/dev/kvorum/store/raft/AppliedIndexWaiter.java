package dev.kvorum.store.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Runs things once a log index is applied here, without holding a thread meanwhile. Thread-safe. */
final class AppliedIndexWaiter {
  private record Waiting(long index, Runnable action) {}

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::index));
  private volatile long applied = -1;

  /**
   * Runs {@code action} when {@code index} is applied: now if it is already, else on the apply thread, so it must only
   * hand over.
   */
  void whenAtLeast(long index, Runnable action) {
    if (index > applied) {
      synchronized (waiting) {
        if (index > applied) {
          waiting.add(new Waiting(index, action));
          return;
        }
      }
    }
    action.run();
  }

  /** Says that everything up to {@code index} is applied. Indexes that go back are ignored. */
  void advance(long index) {
    List<Runnable> ready = List.of();
    synchronized (waiting) {
      if (index <= applied) {
        return;
      }
      applied = index;
      Waiting head = waiting.peek();
      if (head != null && head.index <= index) {
        ready = new ArrayList<>();
        while (head != null && head.index <= index) {
          ready.add(waiting.remove().action);
          head = waiting.peek();
        }
      }
    }
    ready.forEach(Runnable::run);
  }

  long applied() {
    return applied;
  }
}
