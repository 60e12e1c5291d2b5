package dev.kvorum.apiserver.server;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** Runs its tasks one after the other on threads of another executor. For all threads. */
final class SerialExecutor implements Executor {
  private final Executor threads;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>(); // guarded by this
  private boolean runs;

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      tasks.addLast(task);
      if (runs) {
        return;
      }
      runs = true;
    }
    threads.execute(this::run);
  }

  private void run() {
    while (true) {
      Runnable task;
      synchronized (this) {
        task = tasks.pollFirst();
        if (task == null) {
          runs = false;
          return;
        }
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }
}
