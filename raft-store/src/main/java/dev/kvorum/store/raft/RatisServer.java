package dev.kvorum.store.raft;

import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.LogDoctor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.apache.ratis.util.PeerProxyMap;
import org.jspecify.annotations.Nullable;

/** Builds and starts Ratis' server for one member, with our services on its port and its own outside ones refused. */
final class RatisServer {
  private RatisServer() {}

  /**
   * Checks that the class that makes votes durable is ours.
   *
   * @throws IllegalStateException if Ratis' own was loaded
   */
  static void requireDurableVotes() {
    try {
      if (AtomicFileOutputStream.syncsDirectory() && PeerProxyMap.followsMoves()) {
        return;
      }
    } catch (NoSuchMethodError e) {
      // Ratis' own class, see below.
    }
    throw new IllegalStateException(
        "the class path is in the wrong order: raft-store must come before ratis-common, because it replaces "
            + AtomicFileOutputStream.class.getName()
            + " by one that keeps votes after a power cut; it was loaded from "
            + AtomicFileOutputStream.class.getProtectionDomain().getCodeSource());
  }

  /**
   * Builds it.
   *
   * @param beginnings who is in Raft's configuration as long as the log says nothing about that
   */
  static RaftServer build(
      RaftConfig config,
      DataDirectory data,
      KvStateMachine stateMachine,
      PeerService peerService,
      LongFunction<Roster.Standing> standing,
      List<RaftPeer> beginnings,
      @Nullable PeerTls tls)
      throws IOException {
    Parameters parameters = new Parameters();
    if (tls != null) {
      PromptGrpc.secureOutgoing(parameters, tls.forClients());
    }
    long memberId = data.identity().memberId();
    PeerGuard guard = new PeerGuard(data.identity().clusterId(), memberId, standing);
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, types) -> {
      List<String> more =
          config.listenPeerUrls().subList(1, config.listenPeerUrls().size());
      for (String url : more) {
        RaftConfig.HostPort address = RaftConfig.address(url);
        builder.addListenAddress(new InetSocketAddress(address.host(), address.port()));
      }
      if (tls != null) {
        builder.protocolNegotiator(tls.negotiator());
      }
      return builder
          .directExecutor() // a hop to a pool per message costs more than what the handlers do
          .permitKeepAliveTime(5, TimeUnit.SECONDS)
          .maxInboundMetadataSize(8 << 10)
          .addService(peerService.definition())
          .intercept(guard);
    });
    return RaftServer.newBuilder()
        .setServerId(MemberIds.peerId(memberId))
        .setGroup(RaftGroup.valueOf(groupId(data), beginnings))
        .setOption(RaftStorage.StartupOption.RECOVER)
        .setProperties(RatisSettings.properties(config, data.raft(), data.removedRaft()))
        .setParameters(parameters)
        .setStateMachine(stateMachine)
        .build();
  }

  /** Starts it, after a look at the log. Throws what an operator can act on. */
  static void start(RaftConfig config, DataDirectory data, RaftServer server) throws IOException {
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ChecksumException
            || String.valueOf(cause.getMessage()).contains("log segment")) {
          throw LogDoctor.damaged(data.raft(), -1, e);
        }
      }
      throw e;
    }
    data.markStarted();
  }

  static RaftGroupMemberId memberId(DataDirectory data) {
    return RaftGroupMemberId.valueOf(MemberIds.peerId(data.identity().memberId()), groupId(data));
  }

  static RaftGroupId groupId(DataDirectory data) {
    return MemberIds.groupId(data.identity().clusterId());
  }

  /** All founders, of a cluster that begins. */
  static List<RaftPeer> founders(RaftConfig config) {
    List<RaftPeer> peers = new ArrayList<>();
    for (String name : config.initialCluster().keySet()) {
      RaftConfig.HostPort address = RaftConfig.address(
          config.initialCluster().getOrDefault(name, List.of()).get(0));
      peers.add(RaftPeer.newBuilder()
          .setId(MemberIds.peerId(config.memberId(name)))
          .setAddress(address.toString())
          .build());
    }
    return peers;
  }

  /** The voters of a table, for a founder that starts again. Ratis' own log says later who they are now. */
  static List<RaftPeer> voters(ClusterView table) {
    List<RaftPeer> peers = new ArrayList<>();
    for (ClusterMember member : table.members().values()) {
      if (!member.learner()) {
        RaftPeer.Builder peer = RaftPeer.newBuilder().setId(MemberIds.peerId(member.id()));
        PeerUrls.address(member.peerUrls()).ifPresent(url -> peer.setAddress(url.toString()));
        peers.add(peer.build());
      }
    }
    return peers;
  }

  /**
   * Nobody, for a voter that joins: it waits to hear of a leader, and does not stand for election before. A learner begins
   * with itself as one, because only so does Ratis know from the start that it never stands for election.
   */
  static List<RaftPeer> joiner(RaftConfig config, long memberId, boolean learner) {
    if (!learner) {
      return List.of();
    }
    RaftConfig.HostPort address = RaftConfig.address(
        config.initialCluster().getOrDefault(config.name(), List.of()).get(0));
    return List.of(RaftPeer.newBuilder()
        .setId(MemberIds.peerId(memberId))
        .setAddress(address.toString())
        .setStartupRole(RaftPeerRole.LISTENER)
        .build());
  }
}
