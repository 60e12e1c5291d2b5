package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.command.Command;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One change on its way, and the caller that waits for it.
 *
 * @param <R> what the change answers
 */
final class Proposal<R> {
  private final Command<R> command;
  private final int encodedBytes;
  private final CallContext context;
  private final long startNanos;
  private final CompletableFuture<R> future = new CompletableFuture<>();
  private final AtomicBoolean answered = new AtomicBoolean();

  Proposal(Command<R> command, int encodedBytes, CallContext context, long startNanos) {
    this.command = command;
    this.encodedBytes = encodedBytes;
    this.context = context;
    this.startNanos = startNanos;
  }

  Command<R> command() {
    return command;
  }

  int encodedBytes() {
    return encodedBytes;
  }

  CallContext context() {
    return context;
  }

  long startNanos() {
    return startNanos;
  }

  CompletableFuture<R> future() {
    return future;
  }

  boolean isAnswered() {
    return answered.get();
  }

  /** Arranges for the answer; false if the caller has one already. */
  boolean answer(Object result, Completions completions) {
    if (!answered.compareAndSet(false, true)) {
      return false;
    }
    completions.add(context.executor(), () -> {
      if (result instanceof StoreException failure) {
        future.completeExceptionally(failure);
      } else {
        @SuppressWarnings(
            "unchecked") // the state machine answers each command with its own kind of result
        R value = (R) result;
        future.complete(value);
      }
    });
    return true;
  }

  /** As {@link #answer}, with a failure. */
  boolean fail(StoreException.Kind kind, Completions completions) {
    return answer(StoreException.of(kind), completions);
  }
}
