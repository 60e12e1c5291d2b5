package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.ClusterAdmin;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.DurationHistogram;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.StoreMaintenance;
import dev.kvorum.store.StoreStatus;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.lease.Lease;
import dev.kvorum.store.mvcc.StateHash;
import dev.kvorum.store.watch.WatchCounts;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The embedded store: one member of a Raft cluster in this process.
 *
 * <p>Which calls need whom: changes go through the leader's log and are answered from the entry as it is applied here;
 * linearizable reads ask the leader for a confirmation and read the local state; serializable reads, empty transactions,
 * status and watches are local. Lease renewals are the leader's to give.
 */
public final class RaftKvStore implements KvStore {
  private static final long MAX_LEASE_TTL_SECONDS = 9_000_000_000L;

  private final RaftMember member;
  private final SecureRandom leaseIds = new SecureRandom();

  private RaftKvStore(RaftMember member) {
    this.member = member;
  }

  /**
   * Starts a member. Returns when it takes part, which a member of several with an empty data directory does only once a
   * majority of them has answered; not when there is a leader.
   *
   * @throws IOException if the data directory is not usable; the message is for the operator
   * @throws InterruptedException if interrupted while waiting for other members
   */
  public static RaftKvStore open(RaftConfig config) throws IOException, InterruptedException {
    return new RaftKvStore(RaftMember.start(config));
  }

  /** The parts, for tests. */
  RaftMember member() {
    return member;
  }

  /** What happened in this member so far. */
  public StoreMetrics metrics() {
    return member.metrics();
  }

  /** How long it takes to write the changes of an entry to the engine. */
  public DurationHistogram commits() {
    return member.replica().commits();
  }

  /** How long it takes to sync the log. */
  public DurationHistogram logSyncs() {
    return member.logSyncs();
  }

  /** How calls of this member to others fare, by member id. */
  public Map<Long, PeerCounts> peerCounts() {
    return member.peers().counts();
  }

  /** How this member's watchers are doing. */
  public WatchCounts watchCounts() {
    return member.hub().counts();
  }

  /** Changes that wait to be proposed. */
  public int queuedProposals() {
    return member.proposer().queued();
  }

  /** A digest of the history up to {@code revision}, 0 for all of it; equal on members that agree. Blocks on the disk. */
  public StateHash hash(long revision) {
    return member.applier().view().hash(revision);
  }

  /** Where this member's Raft log begins. */
  public long logStartIndex() {
    return member.raft().logStartIndex();
  }

  @Override
  public StoreIdentity identity() {
    return member.identity();
  }

  @Override
  public StoreStatus status() {
    RatisDivision raft = member.raft();
    Applier applier = member.applier();
    long size = member.replica().state().engine().size().totalBytes();
    return new StoreStatus(
        applier.lastRevision(),
        applier.compactRevision(),
        raft.leaderId(),
        raft.term(),
        raft.committedIndex(),
        applier.appliedIndex(),
        size,
        Math.min(size, applier.retainedBytes()),
        member.isLearner(),
        applier.alarms());
  }

  @Override
  public long term() {
    return member.raft().term();
  }

  @Override
  public long revision() {
    return member.applier().lastRevision();
  }

  @Override
  public long leaderlessMillis() {
    return member.leadership().leaderlessMillis();
  }

  @Override
  public CompletableFuture<RangeResult> range(RangeRequest request, CallContext context) {
    return member
        .reads()
        .read(
            !request.serializable(),
            Reads.isShort(request),
            context,
            applier -> applier.range(request));
  }

  @Override
  public RangeStream rangeStream(RangeRequest request, int partBytes, CallContext context) {
    return new PagedRangeStream(member.reads(), request, partBytes, context);
  }

  @Override
  public CompletableFuture<PutResult> put(PutRequest request, CallContext context) {
    if (!member.quota().admit(SpaceCost.of(request))) {
      return member.quota().refuse(context);
    }
    return member.proposer().submit(new Command.Put(request), context);
  }

  @Override
  public CompletableFuture<DeleteResult> delete(DeleteRequest request, CallContext context) {
    return member.proposer().submit(new Command.Delete(request), context);
  }

  @Override
  public CompletableFuture<TxnResult> txn(TxnRequest request, CallContext context) {
    if (!request.isReadOnly()) {
      Command.Txn command = new Command.Txn(request);
      return member.quota().admit(SpaceCost.of(request))
          ? member.proposer().submit(command, context)
          : member.quota().refuse(context);
    }
    boolean isShort = request.compares().size() <= 8
        && request.success().size() <= 8
        && request.failure().size() <= 8
        && request.success().stream().allMatch(RaftKvStore::isShortRange)
        && request.failure().stream().allMatch(RaftKvStore::isShortRange);
    return member
        .reads()
        .read(
            !request.isSerializable(),
            isShort,
            context,
            applier -> applier.view().readOnlyTxn(request));
  }

  private static boolean isShortRange(dev.kvorum.store.Op op) {
    return op instanceof RangeRequest range && Reads.isShort(range);
  }

  @Override
  public CompletableFuture<Long> compact(long revision, boolean physical, CallContext context) {
    CompletableFuture<Long> compacted =
        member.proposer().submit(new Command.Compact(revision), context);
    if (!physical) {
      return compacted;
    }
    CompletableFuture<Long> removed = new CompletableFuture<>();
    Futures.onDone(compacted, (result, failure) -> {
      if (result == null) {
        removed.completeExceptionally(
            LeaseService.failureOf(failure == null ? new IllegalStateException() : failure));
        return;
      }
      Futures.onDone(
          member.compactions().whenRemoved(revision),
          (done, given) -> Completions.runOn(context.executor(), () -> {
            if (given == null) {
              removed.complete(result);
            } else {
              removed.completeExceptionally(StoreException.of(StoreException.Kind.STOPPED));
            }
          }));
    });
    return removed;
  }

  @Override
  public CompletableFuture<LeaseGrant> leaseGrant(long ttlSeconds, long id, CallContext context) {
    if (ttlSeconds > MAX_LEASE_TTL_SECONDS) {
      return CompletableFuture.failedFuture(
          StoreException.of(StoreException.Kind.LEASE_TTL_TOO_LARGE));
    }
    if (!member.quota().admit(SpaceCost.LEASE)) {
      return member.quota().refuse(context);
    }
    long granted = Math.max(ttlSeconds, member.config().minLeaseTtlSeconds());
    long chosen = id;
    while (chosen == 0) {
      chosen = leaseIds.nextLong() & Long.MAX_VALUE;
    }
    return member.proposer().submit(new Command.GrantLease(chosen, granted), context);
  }

  @Override
  public CompletableFuture<Long> leaseRevoke(long id, CallContext context) {
    return member.proposer().submit(new Command.RevokeLease(id), context);
  }

  @Override
  public CompletableFuture<LeaseKeepAlive> leaseKeepAlive(long id, CallContext context) {
    return member.leases().keepAlive(id, context);
  }

  @Override
  public CompletableFuture<LeaseTimeToLive> leaseTimeToLive(
      long id, boolean withKeys, CallContext context) {
    return member.leases().timeToLive(id, withKeys, context);
  }

  @Override
  public CompletableFuture<Leases> leases(CallContext context) {
    return member.reads().read(true, true, context, applier -> {
      List<Long> ids = applier.leases().all().stream().map(Lease::id).toList();
      return new Leases(applier.lastRevision(), ids);
    });
  }

  @Override
  public CompletableFuture<List<Member>> members(boolean linearizable, CallContext context) {
    return member.reads().read(linearizable, true, context, member::members);
  }

  @Override
  public ClusterAdmin cluster() {
    return member.cluster();
  }

  @Override
  public WatchStream openWatchStream(Executor executor, WatchSink sink) {
    return member.hub().open(executor, sink);
  }

  @Override
  public StoreMaintenance maintenance() {
    return member.maintenance();
  }

  @Override
  public void close() {
    member.close();
  }
}
