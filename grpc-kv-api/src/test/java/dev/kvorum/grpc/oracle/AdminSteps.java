package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AlarmType;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.DefragmentRequest;
import dev.kvorum.proto.etcd.DowngradeRequest;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.HashRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.MemberAddRequest;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.MemberPromoteRequest;
import dev.kvorum.proto.etcd.MemberRemoveRequest;
import dev.kvorum.proto.etcd.MemberUpdateRequest;
import dev.kvorum.proto.etcd.MoveLeaderRequest;
import dev.kvorum.proto.etcd.SnapshotRequest;
import dev.kvorum.proto.etcd.StatusRequest;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Random;

/**
 * The cluster and its maintenance. Nothing here may cost a cluster of one its quorum, so only learners are added; and
 * nothing that ends a process: URLs that make no sense in MemberUpdate do that to etcd, and unknown alarm actions.
 */
final class AdminSteps {
  private static final List<String> BAD_URLS = List.of(
      "",
      "127.0.0.1:31499",
      "http://127.0.0.1",
      "http://127.0.0.1:31499/path",
      "ftp://127.0.0.1:31499",
      "://",
      "http://localhost:http",
      "nonsense");

  private static final List<String> VERSIONS =
      List.of("3.6", "3.6.0", "3.5", "3.7", "3.7.1", "3.8", "4.6", "", "x", "3", "3.6.x", "v3.6");

  private final Random random;
  private final Requests requests;
  private final long seed;
  private int nextMember = 1;

  AdminSteps(Random random, Requests requests, long seed) {
    this.random = random;
    this.requests = requests;
    this.seed = seed;
  }

  Step cluster(int client) {
    int dice = random.nextInt(100);
    if (dice < 25) {
      return step(
          client,
          ClusterGrpc.getMemberListMethod(),
          MemberListRequest.newBuilder().setLinearizable(chance(60)).build());
    } else if (dice < 55) {
      return step(client, ClusterGrpc.getMemberAddMethod(), add());
    } else if (dice < 75) {
      return step(
          client,
          ClusterGrpc.getMemberRemoveMethod(),
          MemberRemoveRequest.newBuilder().setID(member()).build());
    } else if (dice < 88) {
      return step(client, ClusterGrpc.getMemberUpdateMethod(), update());
    } else {
      return step(
          client,
          ClusterGrpc.getMemberPromoteMethod(),
          MemberPromoteRequest.newBuilder().setID(member()).build());
    }
  }

  private Message add() {
    MemberAddRequest.Builder add = MemberAddRequest.newBuilder().setIsLearner(true);
    int dice = random.nextInt(100);
    if (dice < 12) {
      add.addPeerURLs(fresh());
      if (!chance(20)) {
        add.addPeerURLs(BAD_URLS.get(random.nextInt(BAD_URLS.size())));
      } else {
        add.clearPeerURLs();
      }
      return add.setIsLearner(chance(50)).build();
    }
    add.addPeerURLs(fresh());
    if (dice < 22) {
      add.addPeerURLs(chance(50) ? Symbols.OWN_PEER_URL : added());
    } else if (dice < 30) {
      add.addPeerURLs(fresh());
    } else if (dice < 34) {
      add.addPeerURLs(add.getPeerURLs(0));
    }
    return add.build();
  }

  private Message update() {
    MemberUpdateRequest.Builder update = MemberUpdateRequest.newBuilder().setID(member());
    if (update.getID() == Symbols.member(0)) {
      return update.addPeerURLs(Symbols.OWN_PEER_URL).build();
    }
    switch (random.nextInt(5)) {
      case 0 -> update.addPeerURLs(Symbols.OWN_PEER_URL);
      case 1 -> update.addPeerURLs(added());
      case 2 -> update.addPeerURLs(fresh()).addPeerURLs(fresh());
      default -> update.addPeerURLs(fresh());
    }
    return update.build();
  }

  private String fresh() {
    return PeerUrls.url(seed, nextMember++);
  }

  private String added() {
    return PeerUrls.url(seed, 1 + random.nextInt(nextMember));
  }

  private long member() {
    int dice = random.nextInt(100);
    if (dice < 12) {
      return Symbols.member(0);
    } else if (dice < 20) {
      return 1L + random.nextInt(3);
    } else if (dice < 22) {
      return 0;
    }
    // Mostly one of those that were added last.
    return Symbols.member(Math.max(1, nextMember - 1 - random.nextInt(6)));
  }

  Step maintenance(int client) {
    int dice = random.nextInt(100);
    if (dice < 15) {
      return step(client, MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance());
    } else if (dice < 50) {
      return step(client, MaintenanceGrpc.getAlarmMethod(), alarm());
    } else if (dice < 70) {
      return step(
          client,
          MaintenanceGrpc.getHashKVMethod(),
          HashKVRequest.newBuilder().setRevision(requests.revision()).build());
    } else if (dice < 75) {
      return step(client, MaintenanceGrpc.getHashMethod(), HashRequest.getDefaultInstance());
    } else if (dice < 78) {
      return step(
          client, MaintenanceGrpc.getDefragmentMethod(), DefragmentRequest.getDefaultInstance());
    } else if (dice < 90) {
      return step(client, MaintenanceGrpc.getDowngradeMethod(), downgrade());
    } else if (dice < 96) {
      return step(
          client,
          MaintenanceGrpc.getMoveLeaderMethod(),
          MoveLeaderRequest.newBuilder().setTargetID(member()).build());
    } else {
      return step(
          client, MaintenanceGrpc.getSnapshotMethod(), SnapshotRequest.getDefaultInstance());
    }
  }

  private Message alarm() {
    AlarmRequest.Builder alarm = AlarmRequest.newBuilder().setAlarmValue(random.nextInt(3));
    int dice = random.nextInt(100);
    // An alarm stops nearly everything, so there are more ends than beginnings.
    alarm.setActionValue(dice < 35 ? 0 : dice < 55 ? 1 : 2);
    if (alarm.getAction() == AlarmRequest.AlarmAction.ACTIVATE && chance(50)) {
      alarm.setAlarm(AlarmType.NOSPACE);
    }
    return alarm
        .setMemberID(chance(60) ? Symbols.member(0) : chance(50) ? 0 : 5 + random.nextInt(2))
        .build();
  }

  private Message downgrade() {
    DowngradeRequest.Builder downgrade =
        DowngradeRequest.newBuilder().setActionValue(random.nextInt(4));
    downgrade.setVersion(VERSIONS.get(random.nextInt(VERSIONS.size())));
    boolean begins = downgrade.getAction() == DowngradeRequest.DowngradeAction.ENABLE
        && downgrade.getVersion().startsWith("3.6");
    return begins ? downgrade.setVersion("3.5").build() : downgrade.build();
  }

  private Step step(int client, MethodDescriptor<?, ?> method, Message request) {
    return new Step.Unary(new From(client, Who.NOBODY, chance(20)), method, request);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
