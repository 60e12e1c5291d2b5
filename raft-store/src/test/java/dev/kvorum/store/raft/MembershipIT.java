package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.admin;
import static dev.kvorum.store.raft.TestCluster.awaitMembers;
import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.members;
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
import dev.kvorum.store.raft.disk.DurableFiles;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who belongs to the cluster changes while it runs. */
class MembershipIT {
  @TempDir
  Path root;

  private static CallContext inline() {
    return CallContext.inline();
  }

  private static void assertRefused(ThrowingCallable call, Kind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void oneMemberGrowsToFiveAndTheListIsOnDiskNotInTheFlags() {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      awaitMembers(cluster.store(0), 1);
      for (int i = 0; i < 300; i++) {
        put(cluster.store(0), "k" + i, "v" + i);
      }
      for (int i = 1; i < 5; i++) {
        ClusterAdmin.Added added = cluster.add(0, "n" + i, false);
        assertThat(added.added().name()).isEmpty();
        assertThat(added.members()).hasSize(i + 1);
        put(cluster.store(0), "while-" + i, "is away");
        RaftKvStore joined = cluster.join("n" + i);
        assertThat(joined.identity().memberId()).isEqualTo(added.added().id());
        assertThat(joined.identity().clusterId())
            .isEqualTo(cluster.store(0).identity().clusterId());
        awaitMembers(cluster.store(0), i + 1);
        assertThat(read(joined, "k299")).isEqualTo("v299");
        put(joined, "by-" + i, "x");
      }
      cluster.assertConverged();
      for (String name : List.of("n1", "n2", "n3", "n4")) {
        cluster.stop(name);
      }
      cluster.stop(0);
      // The founder's flags still say that it is alone.
      CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
        for (String name : List.of("n1", "n2", "n3", "n4")) {
          cluster.join(name);
        }
      });
      cluster.start(0);
      others.join();
      awaitMembers(cluster.store(0), 5);
      assertThat(read(cluster.joined("n3"), "by-4")).isEqualTo("x");
      cluster.assertConverged();
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void aDeadMemberIsReplacedAndCannotComeBack() throws IOException {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      put(cluster.store(0), "k", "v");
      int dead = cluster.aFollower();
      int alive = cluster.awaitLeader();
      long deadId = cluster.config(dead).memberId();
      cluster.stop(dead);
      List<Member> left = admin(() -> cluster.store(alive).cluster().remove(deadId, inline()));
      assertThat(left).hasSize(2).noneMatch(member -> member.id() == deadId);
      assertRefused(
          () -> get(cluster.store(alive).cluster().remove(deadId, inline())),
          Kind.MEMBER_NOT_FOUND);
      cluster.add(alive, "new", false);
      cluster.join("new");
      awaitMembers(cluster.store(alive), 3);
      assertThat(read(cluster.joined("new"), "k")).isEqualTo("v");

      // With its old data.
      cluster.start(dead);
      until("the word that it was removed", () -> !cluster.fatals.isEmpty());
      assertThat(cluster.fatals.get(0))
          .startsWith("m" + dead)
          .contains("was removed from the cluster");
      cluster.stop(dead);
      // With none.
      DurableFiles.deleteTree(cluster.directory(dead));
      RaftConfig config = cluster.config(dead);
      assertThatThrownBy(() -> RaftKvStore.open(config))
          .isInstanceOf(UnusableDataException.class)
          .hasMessageContaining("was removed from the cluster");
      assertThat(members(cluster.store(alive))).hasSize(3);
    }
  }

  /** With one of three away, one more to miss would be one too many. */
  @Test
  void aVoterIsNeitherAddedNorRemovedWhileTooFewAnswer() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      int away = cluster.aFollower();
      RaftKvStore leader = cluster.store(cluster.awaitLeader());
      long awayId = cluster.config(away).memberId();
      long leaderId = leader.identity().memberId();
      long otherId = members(leader).stream()
          .mapToLong(Member::id)
          .filter(id -> id != awayId && id != leaderId)
          .findFirst()
          .orElseThrow();
      cluster.stop(away);
      until("silence", () -> !leader.member().raft().heardWithin(1000).contains(awayId));

      assertRefused(
          () -> get(leader.cluster().add(List.of("http://127.0.0.1:1"), false, inline())),
          Kind.UNHEALTHY_CLUSTER);
      assertRefused(() -> get(leader.cluster().remove(otherId, inline())), Kind.UNHEALTHY_CLUSTER);
      assertThat(members(leader)).hasSize(3);
      // Who does not answer may go: that makes it better.
      assertThat(admin(() -> leader.cluster().remove(awayId, inline()))).hasSize(2);
    }
  }

  @Test
  void theLeaderIsRemovedAndAnswersThatItself() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      put(cluster.store(0), "k", "v");
      int leader = cluster.awaitLeader();
      long id = cluster.config(leader).memberId();
      List<Member> left = admin(() -> cluster.store(leader).cluster().remove(id, inline()));
      assertThat(left).hasSize(2).noneMatch(member -> member.id() == id);
      until("its end", () -> !cluster.fatals.isEmpty());
      assertThat(cluster.fatals.get(0)).startsWith("m" + leader).contains("was removed");
      cluster.stop(leader);
      int next = cluster.awaitLeader();
      put(cluster.store(next), "k", "w");
      awaitMembers(cluster.store(next), 2);
      // And once more, down to one.
      long nextId = cluster.config(next).memberId();
      get(cluster.store(next).cluster().remove(nextId, inline()));
      until("its end", () -> cluster.fatals.size() == 2);
      cluster.stop(next);
      int last = cluster.awaitLeader();
      assertThat(read(cluster.store(last), "k")).isEqualTo("w");
      assertRefused(
          () -> get(cluster
              .store(last)
              .cluster()
              .remove(cluster.store(last).identity().memberId(), inline())),
          Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
  }

  @Test
  void leadershipMovesOnlyWhereItMay() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      int leader = cluster.awaitLeader();
      int follower = cluster.aFollower();
      long target = cluster.config(follower).memberId();
      assertRefused(
          () -> get(cluster.store(follower).cluster().moveLeader(target, inline())),
          Kind.NOT_LEADER);
      assertRefused(
          () -> get(cluster.store(leader).cluster().moveLeader(77, inline())),
          Kind.BAD_LEADER_TRANSFEREE);
      get(cluster.store(leader).cluster().moveLeader(cluster.config(leader).memberId(), inline()));
      assertThat(cluster.awaitLeader()).isEqualTo(leader);
      long lease = get(cluster.store(follower).leaseGrant(30, 0, inline())).id();
      get(cluster.store(leader).cluster().moveLeader(target, inline()));
      assertThat(cluster.store(leader).status().leaderId()).isEqualTo(target);
      assertThat(get(cluster.store(leader).leaseKeepAlive(lease, inline())).ttlSeconds())
          .isEqualTo(30);
      put(cluster.store(leader), "k", "v");
      assertThat(read(cluster.store(follower), "k")).isEqualTo("v");
      assertThat(cluster.fatals).isEmpty();
    }
  }
}
