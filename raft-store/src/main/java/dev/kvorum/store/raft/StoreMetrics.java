package dev.kvorum.store.raft;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens in a member; the edge that exports metrics reads it. Counters only grow, from the start of the
 * process. Thread-safe.
 */
public final class StoreMetrics {
  /** Changes taken into the queue. */
  public final LongAdder proposalsAccepted = new LongAdder();
  /** Changes whose result was delivered, refusals of the state machine included. */
  public final LongAdder proposalsApplied = new LongAdder();
  /** Changes that failed without a result: timeouts, bounds, shutdown. */
  public final LongAdder proposalsFailed = new LongAdder();
  /** Batches of this member that were put on their way, and how often one had to be sent again. */
  public final LongAdder batchesSent = new LongAdder();

  public final LongAdder batchesResent = new LongAdder();
  /** Changes in those batches. */
  public final LongAdder batchedCommands = new LongAdder();
  /** Log entries that this member wrote as the leader. */
  public final LongAdder entriesProposed = new LongAdder();
  /** Log entries applied, their size, and the time it took. */
  public final LongAdder entriesApplied = new LongAdder();

  public final LongAdder appliedBytes = new LongAdder();
  public final LongAdder applyNanos = new LongAdder();
  /** How often this member learned of another leader. */
  public final LongAdder leaderChanges = new LongAdder();
  /** Rounds in which this member, as the leader, proved that it leads; and those that failed. */
  public final LongAdder readRounds = new LongAdder();

  public final LongAdder readRoundsFailed = new LongAdder();
  /** Linearizable reads served, and reads that were given up. */
  public final LongAdder linearizableReads = new LongAdder();

  public final LongAdder readsFailed = new LongAdder();
  /** Leases that ran out and were ended by this member as the leader. */
  public final LongAdder leasesExpired = new LongAdder();
  /** Snapshots sent to and installed from other members. */
  public final LongAdder snapshotsSent = new LongAdder();

  public final LongAdder snapshotsInstalled = new LongAdder();
  public final LongAdder snapshotsFailed = new LongAdder();

  /** What was done to keys and leases. */
  public final OperationCounts operations = new OperationCounts();

  StoreMetrics() {}
}
