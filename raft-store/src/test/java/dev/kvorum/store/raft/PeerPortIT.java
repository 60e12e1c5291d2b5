package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is served on the peer port. */
class PeerPortIT {
  @TempDir
  static Path root;

  private static TestCluster cluster;
  private static RaftConfig config;

  @BeforeAll
  static void start() {
    cluster = new TestCluster(root, 1).startAll();
    cluster.awaitLeader();
    config = cluster.config(0);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void ratisClientsAreRefusedAndCannotChangeAnything() throws IOException {
    put(cluster.store(0), "k", "v");
    RaftPeer peer = RaftPeer.newBuilder()
        .setId(MemberIds.peerId(config.memberId()))
        .setAddress(config.listenPeerUrls().get(0).substring("http://".length()))
        .build();
    RaftGroup group = RaftGroup.valueOf(MemberIds.groupId(config.clusterId()), peer);
    try (RaftClient client = RaftClient.newBuilder()
        .setProperties(new RaftProperties())
        .setRaftGroup(group)
        .setLeaderId(peer.getId())
        .setRetryPolicy(RetryPolicies.noRetry())
        .build()) {
      refused(() -> client.io().send(Message.valueOf("raw bytes into the log")));
      refused(() -> client.admin().setConfiguration(java.util.List.of(peer)));
      refused(() -> client.getGroupManagementApi(peer.getId()).list());
    }
    assertThat(read(cluster.store(0), "k")).isEqualTo("v");
    assertThat(cluster.fatals).isEmpty();
  }

  @Test
  void membersOfThisClusterAreServed() throws Exception {
    assertThat(ask(config.clusterId(), config.memberId(), config.memberId())).isNotEmpty();
  }

  @Test
  void membersOfOtherClustersAreRefused() {
    refused(config.clusterId() + 1, config.memberId(), config.memberId(), "this is cluster");
  }

  @Test
  void strangersAreRefused() {
    refused(config.clusterId(), 4711, config.memberId(), "no member of this cluster");
  }

  @Test
  void callsForAnotherMemberAreRefused() {
    refused(config.clusterId(), config.memberId(), 4711, "this is member");
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call).hasStackTraceContaining("not served on the peer port");
  }

  private static void refused(long cluster, long caller, long target, String reason) {
    assertThatThrownBy(() -> ask(cluster, caller, target))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessageContaining(reason);
  }

  private static byte[] ask(long cluster, long caller, long target) throws Exception {
    try (PeerClient client = new PeerClient(
        cluster,
        caller,
        id -> Optional.of(RaftConfig.address(config.listenPeerUrls().get(0))),
        Failpoints.NONE,
        null)) {
      return client
          .call(target, PeerMethod.CONFIRM_TERM, PeerWire.number(1), 5_000)
          .get(10, TimeUnit.SECONDS);
    }
  }
}
