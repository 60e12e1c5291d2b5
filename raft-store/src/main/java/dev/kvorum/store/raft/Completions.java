package dev.kvorum.store.raft;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what is to run where, then wakes every executor once. Used by one thread, once. */
final class Completions {
  private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

  private final IdentityHashMap<Executor, List<Runnable>> tasks = new IdentityHashMap<>();

  void add(Executor executor, Runnable task) {
    tasks.computeIfAbsent(executor, any -> new ArrayList<>()).add(task);
  }

  /** Hands everything over. A caller's failure is its own: it never reaches the thread that completes. */
  void run() {
    tasks.forEach((executor, list) -> {
      try {
        executor.execute(() -> list.forEach(Completions::runOne));
      } catch (RejectedExecutionException e) {
        LOG.debug("{} answers for an executor that was shut down", list.size(), e);
      }
    });
  }

  /** Runs one task on {@code executor}. */
  static void runOn(Executor executor, Runnable task) {
    Completions completions = new Completions();
    completions.add(executor, task);
    completions.run();
  }

  private static void runOne(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a caller failed while it took its answer", e);
    }
  }
}
