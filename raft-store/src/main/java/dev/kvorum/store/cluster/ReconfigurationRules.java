package dev.kvorum.store.cluster;

import java.util.Collection;
import java.util.function.LongPredicate;

/**
 * Which changes leave a majority of voters that have ever started. A voter that was added and never came counts against
 * the majority and cannot help to reach it.
 */
public final class ReconfigurationRules {
  private ReconfigurationRules() {}

  /** Whether another voter, which has not started yet, may be added. */
  public static boolean mayAddVoter(Collection<ClusterMember> members, LongPredicate started) {
    long voters = voters(members, 0);
    long startedVoters = startedVoters(members, 0, started);
    // The only voter can be joined by a second one.
    return (startedVoters == 1 && voters == 1) || startedVoters >= majority(voters + 1);
  }

  /** Whether a member may be removed, as far as the others are concerned; learners always may. */
  public static boolean mayRemove(
      Collection<ClusterMember> members, long id, LongPredicate started) {
    if (members.stream().anyMatch(member -> member.id() == id && member.learner())) {
      return true;
    }
    return startedVoters(members, id, started) >= majority(voters(members, id));
  }

  /** Whether a learner, which has started, may become a voter. */
  public static boolean mayPromote(Collection<ClusterMember> members, LongPredicate started) {
    return startedVoters(members, 0, started) + 1 >= majority(voters(members, 0) + 1);
  }

  /** How many of {@code voters} are a majority. */
  public static long majority(long voters) {
    return voters / 2 + 1;
  }

  private static long voters(Collection<ClusterMember> members, long except) {
    return members.stream()
        .filter(member -> !member.learner() && member.id() != except)
        .count();
  }

  private static long startedVoters(
      Collection<ClusterMember> members, long except, LongPredicate started) {
    return members.stream()
        .filter(member -> !member.learner() && member.id() != except)
        .filter(member -> started.test(member.id()))
        .count();
  }
}
