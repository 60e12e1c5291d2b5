package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds reads back until this member's state covers every write that was acknowledged anywhere before they began.
 *
 * <p>On the leader its {@link ReadGate} says up to which log index that is; a follower asks the leader's. Either way many
 * reads share a round. Then the index must be applied here. A round that fails is repeated, at once when the leader
 * changes and otherwise every half second, until the read's time is up. Nothing blocks; any thread.
 */
final class ReadBarrier {
  private static final long RETRY_NANOS = 500_000_000;

  /** Someone who wants to know up to which index a read must wait. */
  private sealed interface Waiter permits Read, Remote {}

  /** A follower that asks for its own reads. */
  private record Remote(CompletableFuture<Long> answer) implements Waiter {}

  /** A read of this member's. */
  private static final class Read implements Waiter {
    private final Executor executor;
    private final long startNanos;
    private final long deadlineNanos;
    private final Runnable action;
    private final Consumer<StoreException> failed;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long retryNanos;

    Read(
        Executor executor,
        long startNanos,
        long deadlineNanos,
        Runnable action,
        Consumer<StoreException> failed) {
      this.executor = executor;
      this.startNanos = startNanos;
      this.deadlineNanos = deadlineNanos;
      this.action = action;
      this.failed = failed;
    }
  }

  /** Reads that wait for the same index to be applied. */
  private record Group(List<Read> reads) {}

  private final RaftView raft;
  private final PeerClient peers;
  private final AppliedIndexWaiter applied;
  private final StoreMetrics metrics;
  private final long requestTimeoutNanos;
  private final long roundTimeoutMillis;
  private final int maxWaiting;
  private final RoundBatcher<Waiter> leaderRounds;
  private final RoundBatcher<Waiter> followerRounds;

  private final AtomicInteger waiting = new AtomicInteger();
  private final Set<Group> waitingForApply = ConcurrentHashMap.newKeySet();
  private final Object retryLock = new Object();
  private List<Read> retries = new ArrayList<>();
  private volatile long leaderChangeNanos;
  private volatile boolean closed;

  ReadBarrier(
      RaftConfig config,
      RaftView raft,
      ReadGate gate,
      PeerClient peers,
      AppliedIndexWaiter applied,
      StoreMetrics metrics) {
    this.raft = raft;
    this.peers = peers;
    this.applied = applied;
    this.metrics = metrics;
    this.requestTimeoutNanos = config.requestTimeout().toNanos();
    this.roundTimeoutMillis = config.electionTimeout().toMillis();
    this.maxWaiting = config.limits().waitingReads();
    this.leaderChangeNanos = System.nanoTime() - 2 * requestTimeoutNanos;
    this.leaderRounds = new RoundBatcher<>(gate::round, this::settled);
    this.followerRounds = new RoundBatcher<>(this::askLeader, this::settled);
  }

  /**
   * Runs {@code action} on {@code executor} when a read of the local state is linearizable, or calls {@code failed}
   * there: with {@code TIMEOUT}, {@code LEADER_CHANGED}, {@code DEADLINE_EXCEEDED}, {@code TOO_MANY_REQUESTS} or {@code
   * STOPPED}.
   *
   * @param deadlineNanos the caller's own deadline; {@link Long#MAX_VALUE} for none
   */
  void pass(
      Executor executor, long deadlineNanos, Runnable action, Consumer<StoreException> failed) {
    Read read = new Read(executor, System.nanoTime(), deadlineNanos, action, failed);
    if (waiting.incrementAndGet() > maxWaiting) {
      fail(List.of(read), StoreException.Kind.TOO_MANY_REQUESTS);
      return;
    }
    if (closed) {
      fail(List.of(read), StoreException.Kind.STOPPED);
      return;
    }
    join(read);
  }

  /** Proves for another member that this one leads. Completes with the index that its reads must wait for. */
  CompletableFuture<Long> indexForOther() {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    leaderRounds.join(new Remote(answer));
    return answer;
  }

  private void join(Read read) {
    if (raft.isLeaderReady()) {
      leaderRounds.join(read);
    } else {
      followerRounds.join(read);
    }
  }

  private CompletableFuture<Long> askLeader() {
    long leader = raft.leaderId();
    if (leader == 0 || leader == raft.selfId()) {
      return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NO_LEADER));
    }
    return peers
        .call(leader, PeerMethod.READ_INDEX, new byte[0], roundTimeoutMillis)
        .thenApply(PeerWire::number);
  }

  private void settled(List<Waiter> waiters, long index, @Nullable Throwable failure) {
    if (failure == null) {
      metrics.readRounds.increment();
    } else {
      metrics.readRoundsFailed.increment();
    }
    List<Read> reads = new ArrayList<>(waiters.size());
    for (Waiter waiter : waiters) {
      switch (waiter) {
        case Read read -> reads.add(read);
        case Remote remote -> {
          if (failure == null) {
            remote.answer.complete(index);
          } else {
            remote.answer.completeExceptionally(failure);
          }
        }
      }
    }
    if (reads.isEmpty()) {
      return;
    }
    if (failure != null) {
      retryLater(reads);
      return;
    }
    Group group = new Group(reads);
    if (applied.applied() < index) {
      waitingForApply.add(group);
    }
    applied.whenAtLeast(index, () -> release(group));
  }

  private void release(Group group) {
    waitingForApply.remove(group);
    Completions completions = new Completions();
    for (Read read : group.reads) {
      if (end(read)) {
        metrics.linearizableReads.increment();
        completions.add(read.executor, read.action);
      }
    }
    completions.run();
  }

  private void retryLater(List<Read> reads) {
    long at = System.nanoTime() + RETRY_NANOS;
    reads.forEach(read -> read.retryNanos = at);
    synchronized (retryLock) {
      if (!closed) {
        retries.addAll(reads);
        return;
      }
    }
    fail(reads, StoreException.Kind.STOPPED);
  }

  /** Notes another leader, or none, and tries again what had failed; never waits. */
  void leaderChanged() {
    leaderChangeNanos = System.nanoTime();
    retry(true);
  }

  /** Tries again what is due and gives up what is overdue; to be called every 100 ms or so. */
  void sweep() {
    retry(false);
    long now = System.nanoTime();
    for (Group group : waitingForApply) {
      group.reads.forEach(read -> failIfOverdue(read, now));
    }
  }

  private void retry(boolean all) {
    List<Read> candidates;
    synchronized (retryLock) {
      candidates = retries;
      retries = new ArrayList<>();
    }
    long now = System.nanoTime();
    List<Read> later = new ArrayList<>();
    for (Read read : candidates) {
      if (failIfOverdue(read, now)) {
        continue;
      }
      if (all || now - read.retryNanos >= 0) {
        join(read);
      } else {
        later.add(read);
      }
    }
    synchronized (retryLock) {
      if (!closed) {
        retries.addAll(later);
        return;
      }
    }
    fail(later, StoreException.Kind.STOPPED);
  }

  private boolean failIfOverdue(Read read, long now) {
    if (read.deadlineNanos != Long.MAX_VALUE && now - read.deadlineNanos > 0) {
      fail(List.of(read), StoreException.Kind.DEADLINE_EXCEEDED);
    } else if (now - read.startNanos > requestTimeoutNanos) {
      boolean moved = leaderChangeNanos - read.startNanos > 0;
      fail(List.of(read), moved ? StoreException.Kind.LEADER_CHANGED : StoreException.Kind.TIMEOUT);
    }
    return read.over.get();
  }

  private void fail(List<Read> reads, StoreException.Kind kind) {
    Completions completions = new Completions();
    for (Read read : reads) {
      if (end(read)) {
        metrics.readsFailed.increment();
        completions.add(read.executor, () -> read.failed.accept(StoreException.of(kind)));
      }
    }
    completions.run();
  }

  private boolean end(Read read) {
    if (!read.over.compareAndSet(false, true)) {
      return false;
    }
    waiting.decrementAndGet();
    return true;
  }

  /** Fails what waits, now and from now on. */
  void close() {
    List<Read> left;
    synchronized (retryLock) {
      closed = true;
      left = retries;
      retries = new ArrayList<>();
    }
    fail(left, StoreException.Kind.STOPPED);
    for (Group group : waitingForApply) {
      fail(group.reads, StoreException.Kind.STOPPED);
    }
  }
}
