package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.AppliedBatch;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides the order of this member's changes and brings them into the log, many at a time.
 *
 * <p>A log entry costs about a millisecond of processor time whatever its size, so what waits goes together: one thread
 * drains the queue into a batch whenever the last one is through, without a timer. One batch of this member is on its way
 * at a time; that keeps sequence numbers in order, which is what "applied at most once" rests on. On the leader the batch
 * becomes an entry, together with batches that followers have sent; on a follower it goes to the leader. Results come
 * from applying the entry here, on every member alike.
 *
 * <p>A change that is still in the queue when its time is up certainly did not happen. One that is in a batch may have:
 * its caller is told so, the batch goes on.
 */
final class Proposer implements AutoCloseable {
  /** Brings an encoded batch to the leader. */
  interface Forwarder {
    /** Completes normally when {@code leader} has applied it. */
    CompletableFuture<?> forward(long leader, byte[] encodedBatch);
  }

  /** Says why a change that may have happened is given up. */
  interface TimeoutKind {
    StoreException.Kind of(long startNanos);
  }

  /** Says on whose behalf a command is; the one door to the log, so that none gets in without. */
  interface Signature {
    /** Throws a {@link StoreException} if nobody is known. */
    <R> Command<R> sign(Command<R> command, CallContext context);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Proposer.class);

  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final int MAX_BATCH_OPERATIONS = 4096;
  private static final int MAX_ENTRIES_IN_FLIGHT = 2;
  private static final long IDLE_PARK_NANOS = 100_000_000;
  private static final long NO_ROUTE_PARK_NANOS = 20_000_000;
  private static final long DRAIN_NANOS = 1_000_000_000;

  private final RaftConfig config;
  private final RatisDivision raft;
  private final Forwarder forwarder;
  private final AppliedIndexWaiter applied;
  private final TimeoutKind timeoutKind;
  private final Signature signature;
  private final StoreMetrics metrics;
  private final FatalHandler fatal;
  private final long incarnation;
  private final long requestTimeoutNanos;
  private final Thread thread;

  private final ProposalQueue queue;
  private final ForwardedBatches forwarded = new ForwardedBatches();
  private final AtomicInteger entriesInFlight = new AtomicInteger();

  private volatile @Nullable OwnBatch own;
  private volatile boolean parked;
  private volatile boolean sweepDue;
  private volatile boolean refusing;
  private volatile boolean stopping;

  // The proposer's thread only.
  private long lastSequence;

  Proposer(
      RaftConfig config,
      RatisDivision raft,
      Forwarder forwarder,
      AppliedIndexWaiter applied,
      TimeoutKind timeoutKind,
      Signature signature,
      StoreMetrics metrics,
      FatalHandler fatal,
      long incarnation) {
    this.config = config;
    this.raft = raft;
    this.forwarder = forwarder;
    this.applied = applied;
    this.timeoutKind = timeoutKind;
    this.signature = signature;
    this.metrics = metrics;
    this.fatal = fatal;
    this.incarnation = incarnation;
    this.requestTimeoutNanos = config.requestTimeout().toNanos();
    this.queue =
        new ProposalQueue(config.limits().queuedOperations(), config.limits().queuedBytes());
    this.thread = new Thread(this::run, MemberIds.hex(raft.selfId()) + "-proposer");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Queues a change. The future completes on the context's executor, except when the change is refused at once. */
  <R> CompletableFuture<R> submit(Command<R> unsigned, CallContext context) {
    if (refusing) {
      return refuse(StoreException.Kind.STOPPED);
    }
    Command<R> command;
    try {
      command = signature.sign(unsigned, context);
    } catch (StoreException refusal) {
      return refuse(refusal.kind());
    }
    int bytes = CommandCodec.encodedSize(command);
    if (bytes > config.maxRequestBytes()) {
      return refuse(StoreException.Kind.REQUEST_TOO_LARGE);
    }
    if (raft.committedIndex() - applied.applied() > config.limits().applyLag()) {
      return refuse(StoreException.Kind.TOO_MANY_REQUESTS);
    }
    Proposal<R> proposal = new Proposal<>(command, bytes, context, System.nanoTime());
    if (!queue.offer(proposal)) {
      return refuse(StoreException.Kind.TOO_MANY_REQUESTS);
    }
    metrics.proposalsAccepted.increment();
    wake();
    if (stopping) {
      drainStopped(); // nobody else may come by any more
    }
    return proposal.future();
  }

  private <R> CompletableFuture<R> refuse(StoreException.Kind kind) {
    metrics.proposalsFailed.increment();
    return CompletableFuture.failedFuture(StoreException.of(kind));
  }

  /** Takes a follower's batch into the log; never waits. Completes when it is applied here. */
  CompletableFuture<byte[]> acceptForwarded(long caller, byte[] encoded) {
    if (refusing || !raft.isLeaderReady()) {
      return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NOT_LEADER));
    }
    CompletableFuture<byte[]> done = forwarded.offer(caller, encoded);
    wake();
    return done;
  }

  /**
   * Gives an applied entry's results to this member's callers.
   *
   * @param completions collects them; run by the caller
   */
  void onApplied(AppliedEntry entry, Completions completions) {
    for (AppliedBatch batch : entry.batches()) {
      OwnBatch mine = own;
      if (mine != null
          && batch.originId() == raft.selfId()
          && batch.incarnation() == incarnation
          && batch.sequence() == mine.sequence()) {
        settle(mine, batch, completions);
        own = null;
        wake();
      }
    }
  }

  private void settle(OwnBatch mine, AppliedBatch batch, Completions completions) {
    List<Proposal<?>> proposals = mine.proposals();
    if (batch.duplicate()) {
      // It was applied before by an entry that this member did not apply itself: a snapshot jumped
      // over it. That it
      // happened is known, what it answered is not.
      LOG.warn("the results of {} changes were lost to a snapshot", proposals.size());
      fail(proposals, StoreException.Kind.TIMEOUT, completions);
      return;
    }
    for (int i = 0; i < proposals.size(); i++) {
      if (proposals.get(i).answer(batch.results().get(i), completions)) {
        metrics.proposalsApplied.increment();
      }
    }
  }

  /** Says that another member leads now, or none; never waits. */
  void leaderChanged() {
    OwnBatch mine = own;
    if (mine != null) {
      mine.redirect();
    }
    wake();
  }

  /** Asks for a look at what has waited too long. */
  void sweep() {
    sweepDue = true;
    wake();
  }

  /** Changes that wait to be put in a batch. */
  int queued() {
    return queue.size();
  }

  private void wake() {
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!stopping) {
      boolean worked;
      try {
        worked = step();
      } catch (RuntimeException e) {
        fatal.fatal("the proposer failed", e);
        return;
      }
      if (!worked) {
        park();
      }
    }
    drainStopped();
  }

  private void park() {
    long nanos = own == null && queue.isEmpty() ? IDLE_PARK_NANOS : NO_ROUTE_PARK_NANOS;
    parked = true;
    if (!hasWork()) {
      LockSupport.parkNanos(this, nanos);
    }
    parked = false;
  }

  private boolean hasWork() {
    if (stopping || sweepDue) {
      return true;
    }
    OwnBatch mine = own;
    boolean leading = raft.isLeaderReady();
    boolean room = entriesInFlight.get() < MAX_ENTRIES_IN_FLIGHT;
    boolean sendable = mine == null ? !queue.isEmpty() : mine.isDue(System.nanoTime());
    if (leading) {
      return room && (sendable || !forwarded.isEmpty());
    }
    return !forwarded.isEmpty() || (sendable && remoteLeader() != 0);
  }

  /** One round of work; false if there was none. */
  private boolean step() {
    boolean worked = false;
    if (sweepDue) {
      sweepDue = false;
      failOverdue();
      worked = true;
    }
    if (raft.isLeaderReady()) {
      if (entriesInFlight.get() < MAX_ENTRIES_IN_FLIGHT) {
        worked |= formBatch();
        worked |= writeEntry();
      }
      return worked;
    }
    worked |= forwarded.refuseAll();
    long leader = remoteLeader();
    if (leader != 0) {
      worked |= formBatch();
      worked |= forwardBatch(leader);
    }
    return worked;
  }

  private long remoteLeader() {
    long leader = raft.leaderId();
    return leader == raft.selfId() ? 0 : leader;
  }

  private boolean formBatch() {
    if (own != null) {
      return false;
    }
    List<Proposal<?>> proposals = new ArrayList<>();
    int bytes = CommandCodec.BATCH_OVERHEAD;
    Completions completions = new Completions();
    long now = System.nanoTime();
    Proposal<?> next;
    while (proposals.size() < MAX_BATCH_OPERATIONS && (next = queue.poll()) != null) {
      if (isOver(next, now, completions)) {
        continue;
      }
      if (!proposals.isEmpty() && bytes + next.encodedBytes() > MAX_BATCH_BYTES) {
        queue.giveBack(next);
        break;
      }
      proposals.add(next);
      bytes += next.encodedBytes();
    }
    completions.run();
    if (proposals.isEmpty()) {
      return false;
    }
    lastSequence++;
    own = new OwnBatch(lastSequence, proposals, bytes);
    metrics.batchesSent.increment();
    metrics.batchedCommands.add(proposals.size());
    return true;
  }

  /** Whether nobody waits for {@code proposal} any more; it is answered then. */
  private boolean isOver(Proposal<?> proposal, long now, Completions completions) {
    long deadline = proposal.context().deadlineNanos();
    if (deadline != Long.MAX_VALUE && now - deadline > 0) {
      fail(List.of(proposal), StoreException.Kind.DEADLINE_EXCEEDED, completions);
    } else if (now - proposal.startNanos() > requestTimeoutNanos) {
      fail(List.of(proposal), timeoutKind.of(proposal.startNanos()), completions);
    }
    return proposal.isAnswered();
  }

  private void fail(
      List<Proposal<?>> proposals, StoreException.Kind kind, Completions completions) {
    for (Proposal<?> proposal : proposals) {
      if (proposal.fail(kind, completions)) {
        metrics.proposalsFailed.increment();
      }
    }
  }

  /** Puts this member's batch and those of followers into one entry, as far as they fit. */
  private boolean writeEntry() {
    long timeMillis = System.currentTimeMillis();
    List<CommandBatch> batches = new ArrayList<>();
    int bytes = 0;
    OwnBatch mine = own;
    int attempt = 0;
    if (mine != null && mine.isDue(System.nanoTime())) {
      attempt = dispatch(mine);
      batches.add(mine.toCommandBatch(raft.selfId(), incarnation, timeMillis));
      bytes += mine.encodedBytes();
    }
    List<CompletableFuture<byte[]>> forwarders =
        forwarded.takeInto(batches, bytes, MAX_BATCH_BYTES, timeMillis);
    if (batches.isEmpty()) {
      return false;
    }
    entriesInFlight.incrementAndGet();
    metrics.entriesProposed.increment();
    int finalAttempt = attempt;
    Futures.onDone(raft.append(batches), (done, failure) -> {
      entriesInFlight.decrementAndGet();
      if (mine != null && finalAttempt > 0) {
        note(mine, finalAttempt, failure);
      }
      for (CompletableFuture<byte[]> forwarder : forwarders) {
        if (failure == null) {
          forwarder.complete(new byte[0]);
        } else {
          forwarder.completeExceptionally(StoreException.of(StoreException.Kind.NOT_LEADER));
        }
      }
      wake();
    });
    return true;
  }

  private boolean forwardBatch(long leader) {
    OwnBatch mine = own;
    if (mine == null || !mine.isDue(System.nanoTime())) {
      return false;
    }
    int attempt = dispatch(mine);
    byte[] encoded = CommandCodec.encode(
        List.of(mine.toCommandBatch(raft.selfId(), incarnation, System.currentTimeMillis())));
    Futures.onDone(forwarder.forward(leader, encoded), (done, failure) -> {
      note(mine, attempt, failure);
      wake();
    });
    return true;
  }

  private int dispatch(OwnBatch mine) {
    int attempt = mine.dispatched();
    if (attempt > 1) {
      metrics.batchesResent.increment();
    }
    return attempt;
  }

  private static void note(OwnBatch mine, int attempt, @Nullable Throwable failure) {
    if (failure == null) {
      mine.acknowledged(attempt, System.nanoTime());
    } else {
      LOG.debug("batch {} did not get through, attempt {}", mine.sequence(), attempt, failure);
      mine.failed(attempt, System.nanoTime());
    }
  }

  /** Answers callers whose time is up: those in the queue, and those in the batch. */
  private void failOverdue() {
    long now = System.nanoTime();
    Completions completions = new Completions();
    Proposal<?> head;
    while ((head = queue.peek()) != null && isOver(head, now, completions)) {
      queue.poll();
    }
    OwnBatch mine = own;
    if (mine != null) {
      for (Proposal<?> proposal : mine.proposals()) {
        if (now - proposal.startNanos() > requestTimeoutNanos) {
          fail(List.of(proposal), timeoutKind.of(proposal.startNanos()), completions);
        }
      }
      for (Proposal<?> proposal : queue) {
        isOver(proposal, now, completions);
      }
    }
    completions.run();
  }

  private synchronized void drainStopped() {
    Completions completions = new Completions();
    OwnBatch mine = own;
    if (mine != null) {
      fail(mine.proposals(), StoreException.Kind.STOPPED, completions);
    }
    Proposal<?> next;
    while ((next = queue.poll()) != null) {
      fail(List.of(next), StoreException.Kind.STOPPED, completions);
    }
    completions.run();
    forwarded.refuseAll();
  }

  /**
   * Takes nothing more, gives what waits a moment to get through, stops and fails the rest. A batch that is on its way
   * then may still be applied, by this member or others.
   */
  @Override
  public void close() {
    refusing = true;
    try {
      long end = System.nanoTime() + DRAIN_NANOS;
      while (thread.isAlive()
          && raft.leaderId() != 0
          && (own != null || !queue.isEmpty())
          && System.nanoTime() - end < 0) {
        Thread.sleep(5);
      }
      stopping = true;
      LockSupport.unpark(thread);
      thread.join(5_000);
    } catch (InterruptedException e) {
      stopping = true;
      Thread.currentThread().interrupt();
    }
    drainStopped();
  }
}
