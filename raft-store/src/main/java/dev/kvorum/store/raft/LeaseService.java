package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.lease.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the leader can say of leases, asked by clients of any member: renewals and remaining times. The leader first
 * proves that it leads; a follower asks the leader and tries again until it answers or time is up. Also ends leases that
 * have run out. Nothing blocks; any thread.
 */
final class LeaseService {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseService.class);

  private static final long RETRY_MILLIS = 50;

  private final RaftConfig config;
  private final RatisDivision raft;
  private final ReadBarrier barrier;
  private final PeerClient peers;
  private final Proposer proposer;
  private final Supplier<Applier> applier;
  private final LeaseKeeper keeper;
  private final StoreMetrics metrics;
  private final ScheduledExecutorService timer;

  LeaseService(
      RaftConfig config,
      RatisDivision raft,
      ReadBarrier barrier,
      PeerClient peers,
      Proposer proposer,
      Supplier<Applier> applier,
      LeaseKeeper keeper,
      StoreMetrics metrics,
      ScheduledExecutorService timer) {
    this.config = config;
    this.raft = raft;
    this.barrier = barrier;
    this.peers = peers;
    this.proposer = proposer;
    this.applier = applier;
    this.keeper = keeper;
    this.metrics = metrics;
    this.timer = timer;
  }

  /** Renews a lease; see {@link dev.kvorum.store.KvStore#leaseKeepAlive}. */
  CompletableFuture<LeaseKeepAlive> keepAlive(long id, CallContext context) {
    return ask(
        context,
        PeerMethod.RENEW_LEASE,
        id,
        () -> renewHere(id),
        ttl -> new LeaseKeepAlive(applier.get().lastRevision(), id, PeerWire.number(ttl)));
  }

  /** Decides with the state that the keys come from whether they may be told. */
  interface Guard {
    /** Returns what {@code read} makes of {@code state}, or throws. */
    LeaseTimeToLive read(Applier state, Function<Applier, LeaseTimeToLive> read);
  }

  /** Says how long a lease has left; see {@link dev.kvorum.store.KvStore#leaseTimeToLive}. */
  CompletableFuture<LeaseTimeToLive> timeToLive(
      long id, boolean withKeys, CallContext context, Guard guard) {
    return ask(
        context,
        PeerMethod.LEASE_TIME_TO_LIVE,
        id,
        () -> remainingHere(id),
        // The caller waited until this member has seen what the leader had when it answered.
        answer -> guard.read(
            applier.get(), state -> timeToLive(state, id, withKeys, PeerWire.number(answer))));
  }

  private static LeaseTimeToLive timeToLive(
      Applier state, long id, boolean withKeys, long remainingSeconds) {
    Lease lease = state.leases().get(id);
    if (remainingSeconds < 0 || lease == null) {
      return new LeaseTimeToLive(state.lastRevision(), id, -1, 0, List.of());
    }
    return new LeaseTimeToLive(
        state.lastRevision(),
        id,
        remainingSeconds,
        lease.ttlSeconds(),
        withKeys ? state.leases().keys(id) : List.of());
  }

  /** Renews a lease on this member, which must lead. Completes with the TTL as {@link PeerWire#number}. */
  CompletableFuture<byte[]> renewHere(long id) {
    return confirmed().thenCompose(index -> {
      Lease lease = applier.get().leases().get(id);
      if (lease != null && lease.remainingTtlSeconds() > 0) {
        // The next leader would start from the checkpoint and end the lease before its time.
        return proposer
            .submit(
                new Command.CheckpointLeases(List.of(new Command.LeaseCheckpoint(id, 0))),
                CallContext.inline())
            .thenApply(done -> PeerWire.number(renewed(id)));
      }
      return CompletableFuture.completedFuture(PeerWire.number(renewed(id)));
    });
  }

  private long renewed(long id) {
    long ttlSeconds = keeper.renew(id);
    if (ttlSeconds > 0) {
      metrics.operations.leasesRenewed.increment();
    }
    return ttlSeconds;
  }

  /** Whole seconds that a lease has left, by this member, which must lead. */
  CompletableFuture<byte[]> remainingHere(long id) {
    return confirmed().thenApply(index -> PeerWire.number(keeper.remainingSeconds(id)));
  }

  private CompletableFuture<Long> confirmed() {
    if (!raft.isLeaderReady()) {
      return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NOT_LEADER));
    }
    return barrier.indexForOther();
  }

  private <T> CompletableFuture<T> ask(
      CallContext context,
      PeerMethod method,
      long id,
      Supplier<CompletableFuture<byte[]>> here,
      Function<byte[], T> result) {
    CompletableFuture<T> future = new CompletableFuture<>();
    long deadline = System.nanoTime() + config.requestTimeout().toNanos();
    BiConsumer<byte @Nullable [], @Nullable StoreException> end = (answer, failure) ->
        // The answer may rest on an entry that is not applied here yet.
        barrierThen(context, method, answer, failure, future, result);
    attempt(context, method, id, here, deadline, end);
    return future;
  }

  private <T> void barrierThen(
      CallContext context,
      PeerMethod method,
      byte @Nullable [] answer,
      @Nullable StoreException failure,
      CompletableFuture<T> future,
      Function<byte[], T> result) {
    if (answer == null) {
      StoreException reason =
          failure == null ? StoreException.of(StoreException.Kind.TIMEOUT) : failure;
      Completions.runOn(context.executor(), () -> future.completeExceptionally(reason));
      return;
    }
    Runnable complete = () -> {
      try {
        future.complete(result.apply(answer));
      } catch (RuntimeException e) {
        future.completeExceptionally(e);
      }
    };
    if (method == PeerMethod.LEASE_TIME_TO_LIVE) {
      barrier.pass(
          context.executor(), context.deadlineNanos(), complete, future::completeExceptionally);
    } else {
      Completions.runOn(context.executor(), complete);
    }
  }

  private void attempt(
      CallContext context,
      PeerMethod method,
      long id,
      Supplier<CompletableFuture<byte[]>> here,
      long deadline,
      BiConsumer<byte @Nullable [], @Nullable StoreException> end) {
    long leader = raft.leaderId();
    CompletableFuture<byte[]> answer;
    if (leader == 0) {
      answer = CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NO_LEADER));
    } else if (leader == raft.selfId()) {
      answer = here.get();
    } else {
      answer = peers.call(
          leader, method, PeerWire.number(id), config.electionTimeout().toMillis());
    }
    Futures.onDone(answer, (value, failure) -> {
      long now = System.nanoTime();
      if (value != null) {
        end.accept(value, null);
      } else if (context.deadlineNanos() != Long.MAX_VALUE && now - context.deadlineNanos() > 0) {
        end.accept(null, StoreException.of(StoreException.Kind.DEADLINE_EXCEEDED));
      } else if (now - deadline > 0) {
        end.accept(
            null,
            StoreException.of(
                raft.leaderId() == 0
                    ? StoreException.Kind.NO_LEADER
                    : StoreException.Kind.TIMEOUT));
      } else {
        LOG.debug("{} did not get through", method, failure);
        later(() -> attempt(context, method, id, here, deadline, end), end);
      }
    });
  }

  private void later(
      Runnable attempt, BiConsumer<byte @Nullable [], @Nullable StoreException> end) {
    try {
      var unused = timer.schedule(attempt, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      end.accept(null, StoreException.of(StoreException.Kind.STOPPED));
    }
  }

  /** Proposes the end of leases that have run out; to be called every half second. */
  void endExpired() {
    for (Command.ExpireLease expire : keeper.takeExpired()) {
      Futures.onDone(proposer.submit(expire, CallContext.inline()), (revision, failure) -> {
        if (failure == null) {
          metrics.leasesExpired.increment();
        } else {
          LOG.debug("lease {} could not be ended yet", expire.id(), failure);
          keeper.retryExpiry(expire.id());
        }
      });
    }
  }

  /** Writes down what long leases have left; to be called every five minutes. */
  void checkpoint() {
    List<Command.LeaseCheckpoint> checkpoints = keeper.checkpoints();
    if (!checkpoints.isEmpty()) {
      Futures.onDone(
          proposer.submit(new Command.CheckpointLeases(checkpoints), CallContext.inline()),
          (revision, failure) -> {
            if (failure != null) {
              LOG.info(
                  "what {} leases have left was not written down", checkpoints.size(), failure);
            }
          });
    }
  }

  /** What a failed future carries, as the port's exception. */
  static StoreException failureOf(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    return cause instanceof StoreException known
        ? known
        : StoreException.of(StoreException.Kind.TIMEOUT);
  }
}
