package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The leader's proof that it still leads: one round of it makes every read that was waiting when it began linearizable.
 *
 * <p>A round notes the term T and the commit index, then asks every voter whether it is still in term T. If a majority
 * says yes after the reads arrived, no leader of a later term can have been elected before they arrived: it would have
 * needed a majority in its own term by then, and two majorities share a member, which cannot be in both terms. So the
 * commit index noted covers every write that was acknowledged before the reads. Terms are raised before a vote is given
 * and never go back, so a voter answers from memory. No clock is involved.
 *
 * <p>Ratis has such a read itself, but in 3.3.0 it stops asking once a read at the same commit index was confirmed, and
 * so answers without a quorum and after it was deposed.
 */
final class ReadGate {
  /** Asks one voter. */
  interface Voter {
    /** Completes with whether {@code member} is in {@code term}, or exceptionally if it did not answer in time. */
    CompletableFuture<Boolean> isInTerm(long member, long term);
  }

  private final RaftView raft;
  private final Voter voter;

  ReadGate(RaftView raft, Voter voter) {
    this.raft = raft;
    this.voter = voter;
  }

  /**
   * Runs one round. Completes with an index that covers every write acknowledged before the call, or with {@code
   * NOT_LEADER} if that could not be shown.
   */
  CompletableFuture<Long> round() {
    long term = raft.term();
    if (!raft.isLeaderReady()) {
      return notLeader();
    }
    long index = raft.committedIndex();
    RaftView.Voters voters = raft.voters();
    Round round = new Round(term, index, voters);
    Set<Long> others = new HashSet<>(voters.current());
    others.addAll(voters.previous());
    boolean voting = others.remove(raft.selfId());
    round.expect(others.size());
    if (voting) {
      round.confirmed(raft.selfId());
    }
    for (long member : others) {
      Futures.onDone(voter.isInTerm(member, term), (yes, failure) -> {
        if (yes != null && yes) {
          round.confirmed(member);
        }
        round.answered();
      });
    }
    if (others.isEmpty()) {
      round.answered();
    }
    return round.result;
  }

  private static CompletableFuture<Long> notLeader() {
    return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NOT_LEADER));
  }

  private final class Round {
    final CompletableFuture<Long> result = new CompletableFuture<>();
    private final long term;
    private final long index;
    private final RaftView.Voters voters;
    private final Set<Long> confirmed = new HashSet<>();
    private int unanswered;

    Round(long term, long index, RaftView.Voters voters) {
      this.term = term;
      this.index = index;
      this.voters = voters;
    }

    synchronized void expect(int answers) {
      unanswered = answers;
    }

    void confirmed(long member) {
      synchronized (this) {
        confirmed.add(member);
        if (!voters.isMajority(confirmed)) {
          return;
        }
      }
      // Leadership may have ended while the answers came in.
      if (raft.isLeaderReady() && raft.term() == term) {
        result.complete(index);
      } else {
        result.completeExceptionally(StoreException.of(StoreException.Kind.NOT_LEADER));
      }
    }

    void answered() {
      synchronized (this) {
        unanswered--;
        if (unanswered > 0) {
          return;
        }
      }
      result.completeExceptionally(
          StoreException.of(StoreException.Kind.NOT_LEADER)); // if not yet complete
    }
  }
}
