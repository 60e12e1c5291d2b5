package dev.kvorum.store.watch;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** An event loop that the test turns by hand. */
final class StepExecutor implements Executor {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean stopped;

  @Override
  public void execute(Runnable task) {
    if (stopped) {
      throw new RejectedExecutionException("stopped");
    }
    tasks.add(task);
  }

  void stop() {
    stopped = true;
  }

  int size() {
    return tasks.size();
  }

  /** Runs the oldest task; false if there is none. */
  boolean step() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  void runAll() {
    while (step()) {
      // until none is left
    }
  }
}
