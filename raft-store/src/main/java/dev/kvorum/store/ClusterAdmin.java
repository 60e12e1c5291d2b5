package dev.kvorum.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Changes who belongs to the cluster. Any member takes these calls, except {@link #moveLeader}.
 *
 * <p>A change happened, once, when its future completes normally. It completes with a {@link StoreException} otherwise,
 * on the executor that the {@link CallContext} names.
 */
public interface ClusterAdmin {
  /** Refuses everything, as a store does that has no members to change. */
  ClusterAdmin NONE = new NoClusterAdmin();

  /**
   * A member that was added, and with whom.
   *
   * @param added has no name and no client URLs until its process has started
   * @param members all of them, the new one included, by ascending unsigned id
   */
  record Added(Member added, List<Member> members) {
    public Added {
      members = List.copyOf(members);
    }
  }

  /**
   * Adds a member, whose process may be started afterwards.
   *
   * @param peerUrls where the others will reach it
   * @param learner whether it is to replicate without voting at first
   */
  CompletableFuture<Added> add(List<String> peerUrls, boolean learner, CallContext context);

  /** Removes a member for ever: its id is never used again. Completes with those that are left. */
  CompletableFuture<List<Member>> remove(long id, CallContext context);

  /** Says that a member is now reached elsewhere. Completes with all members. */
  CompletableFuture<List<Member>> update(long id, List<String> peerUrls, CallContext context);

  /** Gives a learner, which must have almost everything that the leader has, a vote. Completes with all members. */
  CompletableFuture<List<Member>> promote(long id, CallContext context);

  /** Makes another voter the leader; this member must lead. Completes when it does. */
  CompletableFuture<Void> moveLeader(long id, CallContext context);
}
