package dev.kvorum.store.raft;

import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes of this member that are on their way to the log together.
 *
 * <p>It is sent, to whoever leads, until it was seen applied here: the state machine applies a sequence number once, so
 * sending again is always right and giving up never has to guess. Dispatch belongs to the proposer's thread; outcomes are
 * noted by any thread.
 */
final class OwnBatch {
  private static final long FIRST_RETRY_NANOS = 10_000_000;
  private static final long LAST_RETRY_NANOS = 250_000_000;

  /** How long the local apply may lag behind the leader's word that the batch is applied. */
  private static final long APPLY_PATIENCE_NANOS = 2_000_000_000;

  private final long sequence;
  private final List<Proposal<?>> proposals;
  private final int encodedBytes;

  private int attempts;
  private boolean onItsWay;
  private long notBeforeNanos;
  private boolean delayed;
  private long retryNanos = FIRST_RETRY_NANOS;

  OwnBatch(long sequence, List<Proposal<?>> proposals, int encodedBytes) {
    this.sequence = sequence;
    this.proposals = proposals;
    this.encodedBytes = encodedBytes;
  }

  long sequence() {
    return sequence;
  }

  List<Proposal<?>> proposals() {
    return proposals;
  }

  int encodedBytes() {
    return encodedBytes;
  }

  CommandBatch toCommandBatch(long origin, long incarnation, long timeMillis) {
    List<Command<?>> commands = new ArrayList<>(proposals.size());
    for (Proposal<?> proposal : proposals) {
      commands.add(proposal.command());
    }
    return new CommandBatch(origin, incarnation, sequence, timeMillis, commands);
  }

  /** Whether it should be sent now. */
  synchronized boolean isDue(long nowNanos) {
    return !onItsWay && (!delayed || nowNanos - notBeforeNanos >= 0);
  }

  /** Notes that it is being sent; the number is for {@link #failed} and {@link #acknowledged}. */
  synchronized int dispatched() {
    onItsWay = true;
    attempts++;
    return attempts;
  }

  /** Notes that a way did not lead to the log, as far as one knows. */
  synchronized void failed(int attempt, long nowNanos) {
    if (attempt == attempts) {
      onItsWay = false;
      delay(nowNanos + retryNanos);
      retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
    }
  }

  /** Notes that the leader has applied it; it will be here soon, unless this member jumps over it by a snapshot. */
  synchronized void acknowledged(int attempt, long nowNanos) {
    if (attempt == attempts) {
      onItsWay = false;
      delay(nowNanos + APPLY_PATIENCE_NANOS);
    }
  }

  /** Forgets what is on its way: there is another leader, and it should have it at once. */
  synchronized void redirect() {
    attempts++;
    onItsWay = false;
    delayed = false;
    retryNanos = FIRST_RETRY_NANOS;
  }

  private void delay(long untilNanos) {
    delayed = true;
    notBeforeNanos = untilNanos;
  }
}
