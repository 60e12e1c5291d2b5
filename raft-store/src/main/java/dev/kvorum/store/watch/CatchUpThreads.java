package dev.kvorum.store.watch;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that read history for watchers. Platform threads, few and fixed: a read of the engine pins its carrier
 * anyway. Their queue needs no bound of its own, because a {@link WatchHub} has at most one read per stream under way.
 */
public final class CatchUpThreads {
  private CatchUpThreads() {}

  /** Starts {@code count} daemon threads; the caller shuts them down after the hub. */
  public static ExecutorService start(int count) {
    ThreadFactory named =
        Thread.ofPlatform().daemon().name("kvorum-watch-catch-up-", 0).factory();
    return Executors.newFixedThreadPool(count, named);
  }
}
