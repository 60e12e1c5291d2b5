package dev.kvorum.store.raft;

import java.util.Set;

/** What Raft knows at this moment, as far as the rest of this package needs it. Plain memory reads; any thread. */
interface RaftView {
  long selfId();

  long term();

  /** Whether this member is the leader and has applied an entry of its own term. */
  boolean isLeaderReady();

  /** The leader as far as this member knows; 0 for none. */
  long leaderId();

  long committedIndex();

  Voters voters();

  /**
   * Who votes.
   *
   * @param current in the current configuration
   * @param previous in the one before, while the change between the two is under way; else empty
   */
  record Voters(Set<Long> current, Set<Long> previous) {
    /** Whether {@code members} are a majority, of both configurations while there are two. */
    boolean isMajority(Set<Long> members) {
      return isMajority(current, members) && (previous.isEmpty() || isMajority(previous, members));
    }

    private static boolean isMajority(Set<Long> configuration, Set<Long> members) {
      long present = configuration.stream().filter(members::contains).count();
      return 2 * present > configuration.size();
    }
  }
}
