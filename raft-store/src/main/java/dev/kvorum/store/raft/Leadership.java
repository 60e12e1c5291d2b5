package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;

/** When this member knew a leader. Thread-safe; never waits. */
final class Leadership {
  private final RaftConfig config;
  private volatile long leader;
  private volatile long leaderlessSinceNanos = System.nanoTime();
  private volatile long electedNanos = System.nanoTime();
  private volatile boolean everElected;

  Leadership(RaftConfig config) {
    this.config = config;
  }

  /** Notes who leads now, 0 for nobody; true if that is news. */
  synchronized boolean observe(long newLeader) {
    if (newLeader == leader) {
      return false;
    }
    long now = System.nanoTime();
    if (newLeader == 0) {
      leaderlessSinceNanos = now;
    } else {
      electedNanos = now;
      everElected = true;
    }
    leader = newLeader;
    return true;
  }

  long leaderlessMillis() {
    return leader != 0 ? 0 : Math.max(1, (System.nanoTime() - leaderlessSinceNanos) / 1_000_000);
  }

  /** How to call the end of waiting for a change that was begun at {@code startNanos}. */
  StoreException.Kind timeoutKind(long startNanos) {
    long lost = electedNanos - 2 * config.electionTimeout().toNanos();
    boolean duringElection = everElected && startNanos - lost > 0 && electedNanos - startNanos > 0;
    return duringElection
        ? StoreException.Kind.TIMEOUT_LEADER_FAILURE
        : StoreException.Kind.TIMEOUT;
  }
}
