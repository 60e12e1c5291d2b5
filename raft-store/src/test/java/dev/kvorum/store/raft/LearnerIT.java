package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.admin;
import static dev.kvorum.store.raft.TestCluster.awaitMembers;
import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.ClusterAdmin;
import dev.kvorum.store.Member;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that replicate without voting, and how they come to vote; and what is refused meanwhile. */
class LearnerIT {
  @TempDir
  Path root;

  private static CallContext inline() {
    return CallContext.inline();
  }

  private static void assertRefused(ThrowingCallable call, Kind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  /** The log is cut early, so that the learner needs a snapshot. */
  @Test
  void aLearnerCatchesUpBySnapshotFollowsLeadersAndIsPromoted() {
    try (TestCluster cluster = new TestCluster(
            root, 2, builder -> builder.snapshotCount(100).logRetention(20).logSegmentBytes(4096))
        .startAll()) {
      awaitMembers(cluster.store(0), 2);
      int leader = cluster.awaitLeader();
      ClusterAdmin admin = cluster.store(leader).cluster();
      for (int i = 0; i < 400; i++) {
        put(cluster.store(leader), "k" + i, "v" + i);
      }
      until("a shorter log", () -> cluster.store(leader).logStartIndex() > 100);

      assertRefused(() -> get(admin.promote(77, inline())), Kind.MEMBER_NOT_FOUND);
      long voter = cluster.store(leader).identity().memberId();
      assertRefused(() -> get(admin.promote(voter, inline())), Kind.MEMBER_NOT_LEARNER);
      ClusterAdmin.Added added = cluster.add(0, "learner", true);
      long id = added.added().id();
      assertThat(added.added().learner()).isTrue();
      assertRefused(
          () -> get(admin.add(List.of("http://127.0.0.1:1"), true, inline())),
          Kind.TOO_MANY_LEARNERS);
      assertRefused(
          () -> get(admin.add(
              List.of(added.added().peerUrls().get(0), "http://127.0.0.1:1"), true, inline())),
          Kind.PEER_URLS_EXIST);
      assertRefused(() -> get(admin.promote(id, inline())), Kind.LEARNER_NOT_READY);
      assertRefused(() -> get(admin.moveLeader(id, inline())), Kind.BAD_LEADER_TRANSFEREE);

      RaftKvStore learner = cluster.join("learner");
      awaitMembers(cluster.store(0), 3);
      until("its own word", () -> learner.status().learner());
      assertThat(learner.metrics().snapshotsInstalled.sum()).isPositive();
      assertThat(read(learner, "k399")).isEqualTo("v399");
      RatisDivision.Configuration raft = cluster.store(0).member().raft().configuration();
      assertThat(raft.voters()).doesNotContainKey(id);
      assertThat(raft.learners()).containsOnlyKeys(id);

      // It follows another leader, and does not stand for election itself when there is none.
      int other = 1 - leader;
      get(admin.moveLeader(cluster.config(other).memberId(), inline()));
      put(cluster.store(other), "after", "the move");
      until(
          "the learner's log", () -> learner.revision() == cluster.store(other).revision());
      cluster.stop(leader);
      until("that it is missed", () -> learner.leaderlessMillis() > 2500);
      cluster.start(leader);
      cluster.awaitLeader();
      assertThat(cluster.fatals).isEmpty();

      List<Member> members = admin(() -> cluster.store(0).cluster().promote(id, inline()));
      assertThat(members).noneMatch(Member::learner);
      until("its own word", () -> !learner.status().learner());
      assertThat(cluster.store(0).member().raft().configuration().voters()).containsKey(id);
      // Its vote counts: a majority without one of the founders.
      cluster.stop(cluster.aFollower());
      put(learner, "three", "voters");
      assertThat(cluster.fatals).isEmpty();
    }
  }
}
