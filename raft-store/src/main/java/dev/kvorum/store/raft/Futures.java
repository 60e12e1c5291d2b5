package dev.kvorum.store.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reactions to futures that must not get lost. */
final class Futures {
  private static final Logger LOG = LoggerFactory.getLogger(Futures.class);

  private Futures() {}

  /**
   * Calls {@code reaction} with the value or the failure of {@code future}, on the thread that completes it. What it
   * throws is logged; a future returned by {@code whenComplete} would keep it to itself.
   */
  static <T> void onDone(
      CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> reaction) {
    CompletableFuture<T> unused = future.whenComplete((value, failure) -> {
      try {
        reaction.accept(value, failure == null ? null : cause(failure));
      } catch (RuntimeException e) {
        LOG.error("the reaction to an outcome failed", e);
      }
    });
  }

  /** Completes {@code to} as {@code from} completes. */
  static <T> void pass(CompletableFuture<T> from, CompletableFuture<T> to) {
    var unused = from.whenComplete((value, failure) -> {
      if (failure == null) {
        to.complete(value);
      } else {
        to.completeExceptionally(cause(failure));
      }
    });
  }

  /** What went wrong, without the wrapping that composed futures add. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
