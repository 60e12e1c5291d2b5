package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.Applier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs reads: behind the barrier or not, on the caller's executor if they are short, else on the read pool. Any thread.
 */
final class Reads {
  /** Up to this many keys are read on the caller's own executor. */
  private static final long SHORT_LIMIT = 64;

  private final ReadBarrier barrier;
  private final ReadPool pool;
  private final Supplier<Applier> applier;
  private final BooleanSupplier closing;

  Reads(ReadBarrier barrier, ReadPool pool, Supplier<Applier> applier, BooleanSupplier closing) {
    this.barrier = barrier;
    this.pool = pool;
    this.applier = applier;
    this.closing = closing;
  }

  /** The state as it is now. */
  Applier applier() {
    return applier.get();
  }

  /** Whether a read touches few keys. */
  static boolean isShort(RangeRequest request) {
    return request.countOnly()
        || request.range().isSingle()
        || (request.limit() > 0
            && request.limit() <= SHORT_LIMIT
            && request.sortTarget() == RangeRequest.SortTarget.KEY
            && request.sortOrder() != RangeRequest.SortOrder.DESCEND
            && !request.hasRevisionFilter());
  }

  /**
   * Reads.
   *
   * @param linearizable whether to see every write acknowledged before the call
   * @param isShort whether the read may run on an event loop
   */
  <T> CompletableFuture<T> read(
      boolean linearizable, boolean isShort, CallContext context, Function<Applier, T> read) {
    CompletableFuture<T> future = new CompletableFuture<>();
    boolean inline = context.executor().equals(CallContext.inline().executor());
    boolean here = isShort && !inline;
    Runnable task =
        here ? () -> complete(future, context, read, true) : () -> handOver(future, context, read);
    if (!linearizable) {
      task.run(); // the caller is on its own executor
    } else if (here) {
      barrier.pass(
          context.executor(), context.deadlineNanos(), task, future::completeExceptionally);
    } else {
      barrier.pass(
          Runnable::run,
          context.deadlineNanos(),
          task,
          failure ->
              Completions.runOn(context.executor(), () -> future.completeExceptionally(failure)));
    }
    return future;
  }

  private <T> void handOver(
      CompletableFuture<T> future, CallContext context, Function<Applier, T> read) {
    try {
      pool.execute(() -> complete(future, context, read, false));
    } catch (RejectedExecutionException e) {
      StoreException.Kind kind = closing.getAsBoolean()
          ? StoreException.Kind.STOPPED
          : StoreException.Kind.TOO_MANY_REQUESTS;
      Completions.runOn(
          context.executor(), () -> future.completeExceptionally(StoreException.of(kind)));
    }
  }

  private <T> void complete(
      CompletableFuture<T> future,
      CallContext context,
      Function<Applier, T> read,
      boolean onExecutor) {
    Runnable answer;
    try {
      T result = attempt(read);
      answer = () -> future.complete(result);
    } catch (RuntimeException e) {
      answer = () -> future.completeExceptionally(e);
    }
    if (onExecutor) {
      answer.run();
    } else {
      Completions.runOn(context.executor(), answer);
    }
  }

  /** Reads, again if the state was replaced by a snapshot meanwhile. */
  private <T> T attempt(Function<Applier, T> read) {
    while (true) {
      Applier current = applier.get();
      try {
        return read.apply(current);
      } catch (StoreException e) {
        throw e;
      } catch (IllegalStateException e) {
        if (closing.getAsBoolean()) {
          throw StoreException.of(StoreException.Kind.STOPPED);
        }
        if (applier.get() == current) {
          throw e;
        }
      }
    }
  }
}
