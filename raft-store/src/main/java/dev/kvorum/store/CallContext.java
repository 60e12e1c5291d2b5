package dev.kvorum.store;

import java.util.concurrent.Executor;

/**
 * How a call wants to be answered.
 *
 * @param executor where the call's future is completed. The store completes all calls that one log entry answers for one
 *     executor in one task, so an event loop passes itself here and is woken once per entry, not once per call
 * @param deadlineNanos {@link System#nanoTime()} after which the caller no longer waits; {@link Long#MAX_VALUE} for none
 */
public record CallContext(Executor executor, long deadlineNanos) {
  private static final CallContext INLINE = new CallContext(Runnable::run, Long.MAX_VALUE);

  /** Completes on whichever store thread has the answer: for callers that only hand it over, such as {@code join()}. */
  public static CallContext inline() {
    return INLINE;
  }

  /** On {@code executor}, without a deadline. */
  public static CallContext on(Executor executor) {
    return new CallContext(executor, Long.MAX_VALUE);
  }

  /** The same for as long as it takes: for what must be done even if nobody waits for it any more. */
  public CallContext withoutDeadline() {
    return new CallContext(executor, Long.MAX_VALUE);
  }
}
