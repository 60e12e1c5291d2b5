package dev.kvorum.grpc.auth;

import static dev.kvorum.grpc.auth.Member.bytes;
import static dev.kvorum.grpc.auth.Member.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.LockRequest;
import dev.kvorum.proto.etcd.LockResponse;
import dev.kvorum.proto.etcd.Permission;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks and elections are made of keys, and of what their callers may do with those. */
class RecipesOfUsersIT {
  @TempDir
  Path home;

  private static LockRequest lock(String name, long lease) {
    return LockRequest.newBuilder().setName(bytes(name)).setLease(lease).build();
  }

  private static long lease(Member.As who) {
    return who.lease()
        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(900).build())
        .getID();
  }

  private static LockGrpc.LockBlockingStub locks(Member.As who) {
    return LockGrpc.newBlockingStub(who.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("still no %s", what).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Authentication is on, and she may read and write these keys. */
  private static Member.As alice(Member member, String key, String end) throws Exception {
    Member.As root = member.enable();
    root.addRole("locker");
    root.grant("locker", Permission.Type.READWRITE, key, end);
    root.addUser("alice", "locker");
    return member.login("alice", "alice");
  }

  /** Also what is done when nobody waits for an answer any more is done in the caller's name. */
  @Test
  void aUserWhoGivesUpWaitingLeavesNothingBehind() throws Exception {
    try (Member member = Member.start(home)) {
      Member.As alice = alice(member, "lock/", "lock0");
      LockResponse held = locks(alice).lock(lock("lock", lease(alice)));
      assertThat(member.exists(held.getKey().toStringUtf8())).isTrue();

      long second = lease(alice);
      String key = "lock/" + Long.toHexString(second);
      ListenableFuture<LockResponse> waiting =
          LockGrpc.newFutureStub(alice.channel()).lock(lock("lock", second));
      until("second in the line", () -> member.exists(key));
      assertThat(waiting.cancel(true)).isTrue();

      until("end of the second in the line", () -> !member.exists(key));
      assertThat(member.exists(held.getKey().toStringUtf8())).isTrue();
    }
  }

  @Test
  void aLockTakesWhatItsKeysTake() throws Exception {
    try (Member member = Member.start(home)) {
      Member.As alice = alice(member, "lock/", "lock0");
      long lease = lease(alice);
      assertThat(outcome(() -> locks(alice).lock(lock("other", lease))))
          .endsWith("etcdserver: permission denied");
      assertThat(outcome(() -> locks(member.nobody()).lock(lock("lock", lease))))
          .endsWith("etcdserver: user name is empty");
      assertThat(outcome(() -> locks(alice).lock(lock("lock", lease)))).isEqualTo("OK");
    }
  }

  /** Otherwise a candidate would stand in the election whom nobody elects and everybody waits for. */
  @Test
  void whoMayNotLookAtTheElectionDoesNotStandInIt() throws Exception {
    try (Member member = Member.start(home)) {
      Member.As alice = alice(member, "election/4d", "");
      alice
          .lease()
          .leaseGrant(LeaseGrantRequest.newBuilder().setID(0x4d).setTTL(600).build());
      CampaignRequest campaign =
          CampaignRequest.newBuilder().setName(bytes("election")).setLease(0x4d).build();
      var elections =
          ElectionGrpc.newBlockingStub(alice.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
      assertThat(outcome(() -> elections.campaign(campaign)))
          .endsWith("etcdserver: permission denied");
      assertThat(member.exists("election/4d")).isFalse();
    }
  }
}
