package dev.kvorum.store.raft;

import dev.kvorum.store.Access;
import dev.kvorum.store.AuthStore;
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
import dev.kvorum.store.OpResult;
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
import dev.kvorum.store.apply.CommandAccess;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.lease.Lease;
import dev.kvorum.store.mvcc.StateHash;
import dev.kvorum.store.watch.WatchCounts;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

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
  private final Admission admission;
  private final RaftAuthStore auth;
  private final SecureRandom leaseIds = new SecureRandom();

  private RaftKvStore(RaftMember member) {
    this.member = member;
    this.admission = member.admission();
    this.auth = new RaftAuthStore(
        admission, member.reads(), member.proposer(), member.tokens(), member.passwords());
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

  /**
   * Waits until the cluster lists this member by its name, which the very first start takes an election for. Before that
   * it counts as one that has not started, and some changes of the membership are refused.
   *
   * @return whether it is listed; false if {@code patience} has ended first, for want of a leader
   */
  public boolean awaitListed(Duration patience) throws InterruptedException {
    return member.publication().await(patience);
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
  public AuthStore auth() {
    return auth;
  }

  /** A digest of users, roles and permissions; equal on members that agree. */
  public long authDigest() {
    return member.applier().auth().digest();
  }

  private <T> CompletableFuture<T> propose(Command<T> command, CallContext context) {
    return propose(command, () -> 0, context);
  }

  /** Who may is looked at before what it costs: nobody else should bring the quota's alarm about. */
  private <T> CompletableFuture<T> propose(
      Command<T> command, LongSupplier cost, CallContext context) {
    Supplier<CompletableFuture<T>> submit = () -> member.quota().admit(cost.getAsLong())
        ? member.proposer().submit(command, context)
        : member.quota().refuse(context);
    return admission.enabled()
        ? admission.whenAllowed(CommandAccess.of(command), context, submit)
        : submit.get();
  }

  /** Reads with a state in which the caller may. */
  private <T> CompletableFuture<T> read(
      boolean linearizable,
      boolean isShort,
      Access access,
      CallContext context,
      Function<Applier, T> read) {
    if (admission.isReady(context.caller()) && !admission.isFromTheFuture(context.caller())) {
      return member
          .reads()
          .read(
              linearizable,
              isShort,
              context,
              applier -> admission.read(applier, access, context.caller(), read));
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    admission.prepare(
        context,
        () -> Futures.pass(
            member
                .reads()
                .read(
                    linearizable || admission.isFromTheFuture(context.caller()),
                    isShort,
                    context,
                    applier -> admission.read(applier, access, context.caller(), read)),
            future),
        future::completeExceptionally);
    return future;
  }

  @Override
  public CompletableFuture<RangeResult> range(RangeRequest request, CallContext context) {
    return read(
        !request.serializable(),
        Reads.isShort(request),
        new Access.Keys(request),
        context,
        applier -> counted(applier.range(request)));
  }

  @Override
  public RangeStream rangeStream(RangeRequest request, int partBytes, CallContext context) {
    member.metrics().operations.ranges.increment();
    return new PagedRangeStream(member.reads(), admission, request, partBytes, context);
  }

  @Override
  public CompletableFuture<PutResult> put(PutRequest request, CallContext context) {
    return propose(new Command.Put(request), () -> SpaceCost.of(request), context);
  }

  @Override
  public CompletableFuture<DeleteResult> delete(DeleteRequest request, CallContext context) {
    return propose(new Command.Delete(request), context);
  }

  @Override
  public CompletableFuture<TxnResult> txn(TxnRequest request, CallContext context) {
    if (!request.isReadOnly()) {
      return propose(new Command.Txn(request), () -> SpaceCost.of(request), context);
    }
    boolean isShort = request.compares().size() <= 8
        && request.success().size() <= 8
        && request.failure().size() <= 8
        && request.success().stream().allMatch(RaftKvStore::isShortRange)
        && request.failure().stream().allMatch(RaftKvStore::isShortRange);
    return read(
        !request.isSerializable(),
        isShort,
        new Access.Keys(request),
        context,
        applier -> counted(applier.view().readOnlyTxn(request)));
  }

  private <T extends OpResult> T counted(T result) {
    member.metrics().operations.count(result);
    return result;
  }

  private static boolean isShortRange(dev.kvorum.store.Op op) {
    return op instanceof RangeRequest range && Reads.isShort(range);
  }

  @Override
  public CompletableFuture<Long> compact(long revision, boolean physical, CallContext context) {
    CompletableFuture<Long> compacted = propose(new Command.Compact(revision), context);
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
    long granted = Math.max(ttlSeconds, member.config().minLeaseTtlSeconds());
    long chosen = id;
    while (chosen == 0) {
      chosen = leaseIds.nextLong() & Long.MAX_VALUE;
    }
    return propose(new Command.GrantLease(chosen, granted), () -> SpaceCost.LEASE, context);
  }

  @Override
  public CompletableFuture<Long> leaseRevoke(long id, CallContext context) {
    return propose(new Command.RevokeLease(id), context);
  }

  @Override
  public CompletableFuture<LeaseKeepAlive> leaseKeepAlive(long id, CallContext context) {
    return admission.whenAllowed(
        new Access.UseLease(id), context, () -> member.leases().keepAlive(id, context));
  }

  @Override
  public CompletableFuture<LeaseTimeToLive> leaseTimeToLive(
      long id, boolean withKeys, CallContext context) {
    Access access = withKeys ? new Access.ReadLeaseKeys(id) : new Access.AnyUser();
    return admission.whenAllowed(
        access,
        context,
        () -> member
            .leases()
            .timeToLive(
                id,
                withKeys,
                context,
                (state, read) -> admission.read(state, access, context.caller(), read)));
  }

  @Override
  public CompletableFuture<Leases> leases(CallContext context) {
    boolean isShort = !admission.enabled(); // else every key on a lease is looked at
    return read(true, isShort, new Access.ReadLeases(), context, applier -> {
      List<Long> ids = applier.leases().all().stream().map(Lease::id).toList();
      return new Leases(applier.lastRevision(), ids);
    });
  }

  @Override
  public CompletableFuture<List<Member>> members(boolean linearizable, CallContext context) {
    return read(linearizable, true, new Access.AnyUser(), context, member.memberList()::of);
  }

  @Override
  public ClusterAdmin cluster() {
    return member.cluster();
  }

  @Override
  public WatchStream openWatchStream(Executor executor, WatchSink sink) {
    return openWatchStream(CallContext.on(executor), sink);
  }

  @Override
  public WatchStream openWatchStream(CallContext context, WatchSink sink) {
    return member.watchGuard().open(context, sink);
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
