package dev.kvorum.store.raft;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The few threads that reads of the disk run on: platform threads, because a call into the engine holds its thread, and
 * not event loops, because it may take as long as the disk does. Refuses what exceeds its queue.
 */
final class ReadPool implements Executor, AutoCloseable {
  private final ThreadPoolExecutor threads;

  ReadPool(String name, int size, int queued) {
    AtomicInteger number = new AtomicInteger();
    threads = new ThreadPoolExecutor(
        size, size, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queued), task -> {
          Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs {@code task} on one of the threads.
   *
   * @throws RejectedExecutionException if too much is waiting, or the pool is closed
   */
  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
