package dev.kvorum.grpc.recipe;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A place in a line.
 *
 * @param key whose it is
 * @param createRevision since when it stands there; says together with the key which one is meant
 * @param isNew whether it was taken just now, and not by an earlier call with the same lease
 * @param isFirst whether nobody was before it when it was looked up
 * @param value what it stands there with
 * @param revision the store's when it was looked up
 */
record Place(
    Bytes key, long createRevision, boolean isNew, boolean isFirst, Bytes value, long revision) {
  /** How long a lease lives that was granted because the caller had none; nobody renews it. */
  private static final long LEASE_SECONDS = 60;

  /** The lease to use: that of the caller, or a new one if it has none. */
  static CompletableFuture<Long> lease(KvStore store, long lease, CallContext context) {
    return lease != 0
        ? CompletableFuture.completedFuture(lease)
        : store.leaseGrant(LEASE_SECONDS, 0, context).thenApply(granted -> granted.id());
  }

  /** Takes a place at the end of {@code line}, or finds the one that this lease has already. */
  static CompletableFuture<Place> take(
      KvStore store, Line line, long lease, Bytes value, CallContext context) {
    Bytes key = line.key(lease);
    RangeRequest first = line.first(true);
    Op put = new PutRequest(key, value, lease, false, false, false);
    TxnRequest txn = new TxnRequest(
        List.of(createdAt(key, 0)),
        List.of(put, first),
        List.of(RangeRequest.latest(KeyRange.single(key)), first));
    return store.txn(txn, context).thenApply(result -> taken(key, value, result));
  }

  private static Place taken(Bytes key, Bytes value, TxnResult result) {
    KeyValue first = ((RangeResult) result.results().get(1)).keyValues().getFirst();
    if (result.succeeded()) {
      boolean isFirst = first.createRevision() == result.revision();
      return new Place(key, result.revision(), true, isFirst, value, result.revision());
    }
    KeyValue own = ((RangeResult) result.results().get(0)).keyValues().getFirst();
    boolean isFirst = first.createRevision() == own.createRevision();
    return new Place(key, own.createRevision(), false, isFirst, own.value(), result.revision());
  }

  /** Puts {@code value} there, if the place is still taken. */
  static CompletableFuture<TxnResult> change(
      KvStore store, Bytes key, long createRevision, long lease, Bytes value, CallContext context) {
    Op put = new PutRequest(key, value, lease, false, false, false);
    return store.txn(
        new TxnRequest(List.of(createdAt(key, createRevision)), List.of(put), List.of()), context);
  }

  /** Leaves, if the place is still taken; completes with the store's revision. */
  static CompletableFuture<Long> leave(
      KvStore store, Bytes key, long createRevision, CallContext context) {
    Op delete = new DeleteRequest(KeyRange.single(key), false);
    return store
        .txn(
            new TxnRequest(List.of(createdAt(key, createRevision)), List.of(delete), List.of()),
            context)
        .thenApply(TxnResult::revision);
  }

  private static Compare createdAt(Bytes key, long revision) {
    return new Compare(
        KeyRange.single(key), Compare.Target.CREATE, Compare.Relation.EQUAL, revision, Bytes.EMPTY);
  }
}
