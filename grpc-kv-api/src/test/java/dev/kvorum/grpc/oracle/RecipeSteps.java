package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.LeaderKey;
import dev.kvorum.proto.etcd.LeaderRequest;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.LockRequest;
import dev.kvorum.proto.etcd.ProclaimRequest;
import dev.kvorum.proto.etcd.ResignRequest;
import dev.kvorum.proto.etcd.UnlockRequest;
import java.util.List;
import java.util.Random;

/** Locks and elections. */
final class RecipeSteps {
  private static final List<String> NAMES = List.of("k", "a", "k/1", "lock");
  private static final List<Long> LEASES = List.of(1L, 2L, 3L, -5L, 16L);
  private static final List<String> VALUES = List.of("", "one", "two");

  private final Random random;

  RecipeSteps(Random random) {
    this.random = random;
  }

  /** Some leases, without which there is little to see. */
  Step begin(int which) {
    return new Step.Unary(
        0,
        LeaseGrpc.getLeaseGrantMethod(),
        LeaseGrantRequest.newBuilder()
            .setID(LEASES.get(which % LEASES.size()))
            .setTTL(5000)
            .build());
  }

  static int leases() {
    return LEASES.size();
  }

  Step next(int client) {
    From from = new From(client, Who.NOBODY, random.nextInt(100) < 20);
    int dice = random.nextInt(100);
    if (dice < 25) {
      return new Step.Turn(
          from,
          LockGrpc.getLockMethod(),
          LockRequest.newBuilder().setName(name()).setLease(lease()).build());
    } else if (dice < 40) {
      return new Step.Unary(
          from,
          LockGrpc.getUnlockMethod(),
          UnlockRequest.newBuilder().setKey(key()).build());
    } else if (dice < 65) {
      return new Step.Turn(
          from,
          ElectionGrpc.getCampaignMethod(),
          CampaignRequest.newBuilder()
              .setName(name())
              .setLease(lease())
              .setValue(value())
              .build());
    } else if (dice < 75) {
      return new Step.Unary(
          from,
          ElectionGrpc.getLeaderMethod(),
          LeaderRequest.newBuilder().setName(name()).build());
    } else if (dice < 83) {
      return new Step.Lead(
          from,
          ElectionGrpc.getProclaimMethod(),
          ProclaimRequest.newBuilder()
              .setLeader(LeaderKey.newBuilder().setName(name()))
              .setValue(value())
              .build());
    } else if (dice < 91) {
      return new Step.Lead(
          from,
          ElectionGrpc.getResignMethod(),
          ResignRequest.newBuilder()
              .setLeader(LeaderKey.newBuilder().setName(name()))
              .build());
    } else if (dice < 95) {
      ProclaimRequest.Builder proclaim = ProclaimRequest.newBuilder().setValue(value());
      if (dice < 94) {
        proclaim.setLeader(staleLeader());
      }
      return new Step.Unary(from, ElectionGrpc.getProclaimMethod(), proclaim.build());
    } else {
      ResignRequest.Builder resign = ResignRequest.newBuilder();
      if (dice < 99) {
        resign.setLeader(staleLeader());
      }
      return new Step.Unary(from, ElectionGrpc.getResignMethod(), resign.build());
    }
  }

  private LeaderKey staleLeader() {
    return LeaderKey.newBuilder()
        .setName(name())
        .setKey(key())
        .setRev(Symbols.current(-random.nextInt(5)))
        .setLease(lease())
        .build();
  }

  private ByteString name() {
    return ByteString.copyFromUtf8(NAMES.get(random.nextInt(NAMES.size())));
  }

  private ByteString key() {
    return name().concat(ByteString.copyFromUtf8("/" + RecipeDuel.hex(lease())));
  }

  private long lease() {
    return LEASES.get(random.nextInt(LEASES.size()));
  }

  private ByteString value() {
    return ByteString.copyFromUtf8(VALUES.get(random.nextInt(VALUES.size())));
  }
}
