package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.Member;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a healthy cluster of three does. */
class ThreeMembersIT {
  @TempDir
  static Path root;

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster(root, 3).startAll();
    cluster.awaitLeader();
  }

  @AfterAll
  static void stop() {
    cluster.close();
    assertThat(cluster.fatals).isEmpty();
  }

  @Test
  void everyMemberSeesAtOnceWhatAnyMemberWrote() {
    for (int round = 0; round < 20; round++) {
      for (int writer = 0; writer < 3; writer++) {
        String value = round + "-" + writer;
        put(cluster.store(writer), "shared", value);
        for (int reader = 0; reader < 3; reader++) {
          assertThat(read(cluster.store(reader), "shared")).isEqualTo(value);
        }
      }
    }
    cluster.assertConverged();
  }

  @Test
  void membersPublishThemselves() {
    until("three published members", () -> {
      List<Member> members = get(cluster.store(0).members(true, CallContext.inline()));
      return members.size() == 3 && members.stream().noneMatch(m -> m.name().isEmpty());
    });
    List<Member> members = get(cluster.store(1).members(true, CallContext.inline()));
    assertThat(members)
        .isSortedAccordingTo(java.util.Comparator.comparing(Member::id, Long::compareUnsigned));
    assertThat(members)
        .allMatch(m -> m.clientUrls().equals(List.of("http://client-of-" + m.name())));
  }

  @Test
  void aLeaseIsKeptAliveThroughAFollowerAndEndsWithoutThat() {
    int follower = cluster.aFollower();
    LeaseGrant lease = get(cluster.store(follower).leaseGrant(2, 0, CallContext.inline()));
    assertThat(lease.ttlSeconds()).isEqualTo(2);
    assertThat(lease.id()).isPositive();
    get(cluster
        .store(follower)
        .put(
            new dev.kvorum.store.PutRequest(
                dev.kvorum.store.Bytes.utf8("leased"),
                dev.kvorum.store.Bytes.utf8("x"),
                lease.id(),
                false,
                false,
                false),
            CallContext.inline()));
    long revision = cluster.store(follower).revision();
    long end = System.nanoTime() + 5_000_000_000L;
    until("five seconds of keep-alives", () -> {
      assertThat(get(cluster.store(follower).leaseKeepAlive(lease.id(), CallContext.inline()))
              .ttlSeconds())
          .isEqualTo(2);
      return System.nanoTime() - end > 0;
    });
    assertThat(read(cluster.store(follower), "leased")).isEqualTo("x");
    assertThat(get(cluster.store(follower).leaseTimeToLive(lease.id(), true, CallContext.inline()))
            .keys())
        .hasSize(1);
    until("the lease's end", () -> read(cluster.store(follower), "leased") == null);
    assertThat(cluster.store(follower).revision()).isGreaterThan(revision);
    assertThat(get(cluster.store(follower).leaseKeepAlive(lease.id(), CallContext.inline()))
            .ttlSeconds())
        .isZero();
    assertThat(get(cluster.store(follower).leaseTimeToLive(lease.id(), true, CallContext.inline()))
            .ttlSeconds())
        .isEqualTo(-1);
  }
}
