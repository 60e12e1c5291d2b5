package dev.kvorum.grpc.recipe;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.KvStore;
import java.util.concurrent.CompletableFuture;

/**
 * Locks and elections over one store (etcd v3 API: the services Lock and Election). Futures fail with {@link
 * RecipeFailure} or {@link dev.kvorum.store.StoreException}. Thread-safe; what belongs to one call happens on the executor
 * of its context.
 */
public final class Recipes implements AutoCloseable {
  private final KvStore store;
  private final Waits waits;

  /** Makes recipes over {@code store}, which is not closed with them. */
  public Recipes(KvStore store) {
    this.store = store;
    this.waits = new Waits(store);
  }

  /**
   * A lock that is held.
   *
   * @param key exists as long as it is held
   * @param revision the store's
   */
  public record Held(Bytes key, long revision) {}

  /**
   * Proof of leadership.
   *
   * @param name of the election
   * @param key exists as long as the leadership
   * @param createRevision of the key
   * @param lease the key's
   */
  public record LeaderKey(Bytes name, Bytes key, long createRevision, long lease) {}

  /**
   * An election that was won.
   *
   * @param revision the store's
   */
  public record Elected(LeaderKey leader, long revision) {}

  /**
   * What a leader says.
   *
   * @param revision the store's
   */
  public record Said(KeyValue keyValue, long revision) {}

  /**
   * Waits for a lock. Returns at once if the lease has it already. Cancelling the future, on the executor of {@code
   * context}, gives up and leaves nothing behind.
   *
   * @param lease as long as it lives the lock is held; 0 for one that nobody renews
   */
  public CompletableFuture<Held> lock(Bytes name, long lease, CallContext context) {
    CompletableFuture<Attempt.Won> won = Attempt.start(
        store,
        waits,
        Line.of(name),
        lease,
        Bytes.EMPTY,
        false,
        context,
        RecipeFailure.sessionExpired());
    return follow(won, first -> new Held(first.place().key(), first.revision()));
  }

  /** Releases a lock; a key that does not exist is fine. Completes with the store's revision. */
  public CompletableFuture<Long> unlock(Bytes key, CallContext context) {
    return store
        .delete(new DeleteRequest(KeyRange.single(key), false), context)
        .thenApply(DeleteResult::revision);
  }

  /**
   * Waits until elected. A leader that campaigns again changes its value. Cancelling the future, on the executor of
   * {@code context}, gives up.
   *
   * @param lease as long as it lives the leadership lasts; 0 for one that nobody renews
   */
  public CompletableFuture<Elected> campaign(
      Bytes name, long lease, Bytes value, CallContext context) {
    CompletableFuture<Attempt.Won> won = Attempt.start(
        store, waits, Line.of(name), lease, value, true, context, RecipeFailure.notLeader());
    return follow(won, first -> {
      Place place = first.place();
      LeaderKey leader = new LeaderKey(name, place.key(), place.createRevision(), first.lease());
      return new Elected(leader, place.revision());
    });
  }

  /** Changes the leader's value. Completes with the store's revision. */
  public CompletableFuture<Long> proclaim(LeaderKey leader, Bytes value, CallContext context) {
    return Place.lease(store, leader.lease(), context)
        .thenCompose(lease ->
            Place.change(store, leader.key(), leader.createRevision(), lease, value, context))
        .thenApply(changed -> {
          if (!changed.succeeded()) {
            throw RecipeFailure.notLeader();
          }
          return changed.revision();
        });
  }

  /** Gives leadership up; one that is lost already is fine. Completes with the store's revision. */
  public CompletableFuture<Long> resign(LeaderKey leader, CallContext context) {
    return Place.leave(store, leader.key(), leader.createRevision(), context);
  }

  /** Says who leads. */
  public CompletableFuture<Said> leader(Bytes name, CallContext context) {
    return store.range(Line.of(name).first(false), context).thenApply(found -> {
      if (found.keyValues().isEmpty()) {
        throw RecipeFailure.noLeader();
      }
      return new Said(found.keyValues().getFirst(), found.revision());
    });
  }

  /** Begins to follow who leads and with which value. Nothing is heard before this returns. */
  public Observation observe(Bytes name, Observation.Observer observer, CallContext context) {
    return new Observation(store, Line.of(name), observer, context);
  }

  /** How many calls wait for their turn. */
  public int waiting() {
    return waits.count();
  }

  /** Ends everybody's waiting. */
  @Override
  public void close() {
    waits.close();
  }

  /** As {@code thenApply}, but cancelling what is returned cancels what it came from. */
  private static <T, R> CompletableFuture<R> follow(
      CompletableFuture<T> source, java.util.function.Function<T, R> change) {
    CompletableFuture<R> result = new CompletableFuture<>();
    After.of(source, value -> result.complete(change.apply(value)), result::completeExceptionally);
    var unused = result.whenComplete((value, failure) -> {
      if (result.isCancelled()) {
        source.cancel(false);
      }
    });
    return result;
  }
}
