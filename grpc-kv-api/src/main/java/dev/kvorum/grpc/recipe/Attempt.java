package dev.kvorum.grpc.recipe;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to become the first in a line. Takes a place, waits for its turn, and leaves the line again if it is
 * cancelled or fails before it is through. Lives on the executor of its context; whoever cancels {@link #result} does it
 * there.
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private final KvStore store;
  private final Waits waits;
  private final Line line;
  private final CallContext context;
  private final CallContext cleanup;
  private final RecipeFailure lost;
  private final CompletableFuture<Won> result = new CompletableFuture<>();
  private @Nullable Place place;
  private @Nullable Turn turn;

  /**
   * The first in the line.
   *
   * @param lease its lease
   * @param place as it was taken
   * @param revision the store's when it became the first
   */
  record Won(long lease, Place place, long revision) {}

  private Attempt(KvStore store, Waits waits, Line line, CallContext context, RecipeFailure lost) {
    this.store = store;
    this.waits = waits;
    this.line = line;
    this.context = context;
    this.cleanup = context.withoutDeadline();
    this.lost = lost;
  }

  /**
   * Begins. Cancelling the future that is returned ends the attempt.
   *
   * @param lease 0 to have one granted
   * @param value what to stand in the line with
   * @param replacing whether an earlier call's value is replaced if the lease stands in the line already
   * @param lost the failure when the own key is gone at its turn
   */
  static CompletableFuture<Won> start(
      KvStore store,
      Waits waits,
      Line line,
      long lease,
      Bytes value,
      boolean replacing,
      CallContext context,
      RecipeFailure lost) {
    Attempt attempt = new Attempt(store, waits, line, context, lost);
    var unused = attempt.result.whenComplete((won, failure) -> {
      if (attempt.result.isCancelled()) {
        attempt.abandoned();
      }
    });
    After.of(
        Place.lease(store, lease, context),
        id -> attempt.takePlace(id, value, replacing),
        attempt.result::completeExceptionally);
    return attempt.result;
  }

  private void takePlace(long lease, Bytes value, boolean replacing) {
    if (result.isDone()) {
      return;
    }
    After.of(
        Place.take(store, line, lease, value, context),
        taken -> {
          place = taken;
          if (result.isCancelled()) {
            abandoned();
          } else if (replacing && !taken.value().equals(value)) {
            change(lease, taken, value);
          } else {
            await(lease, taken);
          }
        },
        this::fail);
  }

  /** An earlier call with this lease stands there with another value. */
  private void change(long lease, Place taken, Bytes value) {
    After.of(
        Place.change(store, taken.key(), taken.createRevision(), lease, value, context),
        changed -> {
          if (!changed.succeeded()) {
            fail(lost);
          } else {
            await(lease, taken);
          }
        },
        this::fail);
  }

  private void await(long lease, Place taken) {
    if (result.isDone()) {
      return;
    }
    if (taken.isFirst()) {
      result.complete(new Won(lease, taken, taken.revision()));
      return;
    }
    Turn next = waits.turn(line, taken.createRevision(), context);
    turn = next;
    After.of(next.come(), come -> check(lease, taken), this::fail);
  }

  /** The own key may have gone with its lease meanwhile. */
  private void check(long lease, Place taken) {
    RangeRequest own = RangeRequest.latest(KeyRange.single(taken.key()));
    After.of(
        store.range(own, context),
        found -> {
          if (isThere(found, taken)) {
            result.complete(new Won(lease, taken, found.revision()));
          } else {
            result.completeExceptionally(lost);
          }
        },
        this::fail);
  }

  private static boolean isThere(RangeResult found, Place taken) {
    return !found.keyValues().isEmpty()
        && found.keyValues().getFirst().createRevision() == taken.createRevision();
  }

  /** Leaves the line before saying so, or whoever comes next would wait for somebody who has given up. */
  private void fail(Throwable failure) {
    if (result.isDone()) {
      return;
    }
    Place taken = place;
    if (taken == null) {
      result.completeExceptionally(failure);
      return;
    }
    place = null;
    After.of(
        Place.leave(store, taken.key(), taken.createRevision(), cleanup),
        revision -> result.completeExceptionally(failure),
        alsoFailed -> {
          logLeft(taken, alsoFailed);
          result.completeExceptionally(failure);
        });
  }

  /** Nobody waits for the result. Whoever was first already, by an earlier call, stays. */
  private void abandoned() {
    Turn waiting = turn;
    if (waiting != null) {
      waiting.cancel();
    }
    Place taken = place;
    place = null;
    if (taken != null && (taken.isNew() || !taken.isFirst())) {
      After.of(
          Place.leave(store, taken.key(), taken.createRevision(), cleanup),
          revision -> {},
          failure -> logLeft(taken, failure));
    }
  }

  /** Its lease will remove the key in the end. */
  private static void logLeft(Place taken, Throwable failure) {
    if (failure instanceof StoreException refused) {
      LOG.warn("key of a waiter that is gone stays key={} reason={}", taken.key(), refused.kind());
    } else {
      LOG.error("key of a waiter that is gone stays key={}", taken.key(), failure);
    }
  }
}
