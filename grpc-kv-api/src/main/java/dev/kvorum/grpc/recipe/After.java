package dev.kvorum.grpc.recipe;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** What comes after a future of the store. */
final class After {
  private After() {}

  /**
   * Calls {@code then} with the value of {@code future}, or {@code failed} with its failure, or with what {@code then}
   * throws: either way somebody hears of it.
   */
  static <T> void of(CompletableFuture<T> future, Consumer<T> then, Consumer<Throwable> failed) {
    var unused = future.whenComplete((value, failure) -> {
      if (failure != null) {
        failed.accept(cause(failure));
        return;
      }
      try {
        then.accept(value);
      } catch (RuntimeException e) {
        failed.accept(e);
      }
    });
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
