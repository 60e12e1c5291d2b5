package dev.kvorum.store.raft;

import dev.kvorum.store.mvcc.CompactionStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes in the background what compaction has made unreadable, some revisions at a time with a pause after each, so
 * that reads and writes hardly notice. An unfinished run goes on after a restart.
 */
final class Compactions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Compactions.class);

  private record Waiter(long revision, CompletableFuture<Void> done) {}

  private final IntFunction<CompactionStep> step;
  private final int stepRevisions;
  private final Duration pause;
  private final FatalHandler fatal;
  private final Thread thread;
  private final List<Waiter> waiters = new ArrayList<>(); // guarded by this, like the flags
  private boolean requested = true;
  private boolean stopping;

  /**
   * Creates it; {@link #start} starts it.
   *
   * @param step does one step of at most so many revisions; blocks on the disk
   */
  Compactions(
      String name,
      IntFunction<CompactionStep> step,
      int stepRevisions,
      Duration pause,
      FatalHandler fatal) {
    this.step = step;
    this.stepRevisions = stepRevisions;
    this.pause = pause;
    this.fatal = fatal;
    this.thread = new Thread(this::run, name + "-compactor");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Says that there may be something to remove; never waits. */
  synchronized void request() {
    requested = true;
    notifyAll();
  }

  /** Completes when everything below {@code revision} is removed here, or with a failure when that is given up. */
  synchronized CompletableFuture<Void> whenRemoved(long revision) {
    Waiter waiter = new Waiter(revision, new CompletableFuture<>());
    if (stopping) {
      waiter.done.cancel(false);
    } else {
      waiters.add(waiter);
      request();
    }
    return waiter.done;
  }

  private void run() {
    try {
      while (await()) {
        boolean finished = false;
        while (!finished && !isStopping()) {
          finished = oneStep();
          Thread.sleep(pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean oneStep() {
    CompactionStep reached;
    try {
      reached = step.apply(stepRevisions);
    } catch (IllegalStateException e) {
      LOG.debug("the state was replaced or closed during a step", e);
      return isStopping();
    } catch (RuntimeException e) {
      fatal.fatal("compacted data could not be removed", e);
      return true;
    }
    List<Waiter> done = new ArrayList<>();
    synchronized (this) {
      waiters.removeIf(waiter -> {
        boolean over = waiter.revision <= reached.physicalRevision() || reached.finished();
        return over && done.add(waiter);
      });
    }
    done.forEach(waiter -> waiter.done.complete(null));
    return reached.finished();
  }

  private synchronized boolean await() throws InterruptedException {
    while (!requested && !stopping) {
      wait();
    }
    requested = false;
    return !stopping;
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  @Override
  public void close() {
    List<Waiter> left;
    synchronized (this) {
      stopping = true;
      left = new ArrayList<>(waiters);
      waiters.clear();
      notifyAll();
    }
    left.forEach(waiter -> waiter.done.cancel(false));
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
