package dev.kvorum.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A replicated, versioned key/value store: the port that every edge of this system talks to.
 *
 * <p>Nothing here blocks: calls return at once and their futures complete on the executor that the {@link CallContext}
 * names, normally or with a {@link StoreException}. All methods may be called from any thread. Requests are expected to
 * be well-formed (keys present, no key written twice in a txn); the edge that takes them from outside checks that and
 * answers in its own protocol's words.
 *
 * <p>Every call that changes something is durable on a quorum's disks when its future completes normally. A range that
 * is not serializable sees every write that completed anywhere in the cluster before it began.
 */
public interface KvStore extends AutoCloseable {
  /** Which member of which cluster this is. */
  StoreIdentity identity();

  /** The state of this member; never waits. */
  StoreStatus status();

  /** The Raft term as this member knows it; for response headers, so it must be cheap. */
  long term();

  /** The revision of what is applied here; for response headers, so it must be cheap. */
  long revision();

  /** For how long this member has not known a leader, in milliseconds; 0 while it knows one. */
  long leaderlessMillis();

  CompletableFuture<RangeResult> range(RangeRequest request, CallContext context);

  /**
   * Begins to read a range part by part; nothing happens before the first part is asked for. The parts come on the
   * executor of {@code context}, whose deadline is that of the first one.
   *
   * @param request in key order and without revision filters
   * @param partBytes about how large parts should become, in encoded key-values
   */
  RangeStream rangeStream(RangeRequest request, int partBytes, CallContext context);

  CompletableFuture<PutResult> put(PutRequest request, CallContext context);

  CompletableFuture<DeleteResult> delete(DeleteRequest request, CallContext context);

  CompletableFuture<TxnResult> txn(TxnRequest request, CallContext context);

  /**
   * Forgets history below {@code revision}; reads and watches below it fail afterwards.
   *
   * @param physical whether to wait until this member has removed the data
   * @return the store's revision
   */
  CompletableFuture<Long> compact(long revision, boolean physical, CallContext context);

  /**
   * Grants a lease.
   *
   * @param ttlSeconds raised to the store's minimum
   * @param id the id wanted; 0 to have one chosen
   */
  CompletableFuture<LeaseGrant> leaseGrant(long ttlSeconds, long id, CallContext context);

  /** Ends a lease and deletes its keys in one revision; completes with the store's revision. */
  CompletableFuture<Long> leaseRevoke(long id, CallContext context);

  /** Renews a lease. */
  CompletableFuture<LeaseKeepAlive> leaseKeepAlive(long id, CallContext context);

  /** Says how long a lease has left. */
  CompletableFuture<LeaseTimeToLive> leaseTimeToLive(
      long id, boolean withKeys, CallContext context);

  /** Lists the leases. */
  CompletableFuture<Leases> leases(CallContext context);

  /**
   * Lists the members, by ascending unsigned id.
   *
   * @param linearizable whether to confirm with the leader first
   */
  CompletableFuture<List<Member>> members(boolean linearizable, CallContext context);

  /** The calls that change who belongs to the cluster. */
  default ClusterAdmin cluster() {
    return ClusterAdmin.NONE;
  }

  /**
   * Opens a watch stream that lives on {@code executor}; see {@link WatchStream} for what that means.
   *
   * @param executor runs its tasks one after the other; an event loop, or a serial wrapper of a pool
   */
  WatchStream openWatchStream(Executor executor, WatchSink sink);

  /** What operators ask for. */
  StoreMaintenance maintenance();

  /** Stops this member's part: waiting calls fail with {@link StoreException.Kind#STOPPED}. Idempotent. */
  @Override
  void close();
}
