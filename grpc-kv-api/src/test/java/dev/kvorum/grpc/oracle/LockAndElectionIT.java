package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.CampaignResponse;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaderKey;
import dev.kvorum.proto.etcd.LeaderRequest;
import dev.kvorum.proto.etcd.LeaderResponse;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.LockRequest;
import dev.kvorum.proto.etcd.LockResponse;
import dev.kvorum.proto.etcd.ProclaimRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResignRequest;
import dev.kvorum.proto.etcd.UnlockRequest;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The services Lock and Election: what they answer, and which keys they use, written down once and tried on a real etcd
 * and on the server under test.
 */
class LockAndElectionIT {
  private static final long BOUND_SECONDS = 30;

  @Test
  void etcdBehavesAsWrittenDown() throws Exception {
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start()) {
      check(etcd);
    }
  }

  @Test
  void theServerUnderTestBehavesAsWrittenDown() throws Exception {
    try (Subject server = Subjects.fromPropertiesOrSkip().start()) {
      check(server);
    }
  }

  private static void check(Subject server) throws Exception {
    try (Endpoint endpoint = new Endpoint(server.address(), 2, java.util.List.of())) {
      Session session = new Session(endpoint.channel(0));
      session.locksAreHeldByOneAtATime();
      session.aLockIsReentrant();
      session.aWaiterWhoseLeaseEndsGetsNothing();
      session.aWaiterWhoIsCancelledLeaves();
      session.aLockStandsInLineWithWhoeverWritesTheKeysItself();
      session.withoutALeaseOneIsGranted();
      session.refusalsHaveATextAndNoCode();
      session.anElectionIsWonKeptAndGivenUp();
      session.observersSeeEveryLeader();
      session.aCandidateWhoseLeaseEnded(server.name().equals("etcd"));
    }
  }

  private static final class Session {
    private final KVGrpc.KVBlockingStub kv;
    private final LeaseGrpc.LeaseBlockingStub leases;
    private final LockGrpc.LockBlockingStub locks;
    private final LockGrpc.LockFutureStub waitingLocks;
    private final ElectionGrpc.ElectionBlockingStub elections;
    private final ElectionGrpc.ElectionFutureStub waitingElections;
    private final ElectionGrpc.ElectionStub observers;

    Session(Channel channel) {
      kv = KVGrpc.newBlockingStub(channel);
      leases = LeaseGrpc.newBlockingStub(channel);
      locks = LockGrpc.newBlockingStub(channel);
      waitingLocks = LockGrpc.newFutureStub(channel);
      elections = ElectionGrpc.newBlockingStub(channel);
      waitingElections = ElectionGrpc.newFutureStub(channel);
      observers = ElectionGrpc.newStub(channel);
    }

    void locksAreHeldByOneAtATime() throws Exception {
      grant(0x1a);
      grant(-5);
      grant(0x1c);
      LockResponse first = locks.lock(lock("one", 0x1a));
      ListenableFuture<LockResponse> second = waitingLocks.lock(lock("one", -5));
      awaitKeys("one/", 2);
      ListenableFuture<LockResponse> third = waitingLocks.lock(lock("one", 0x1c));
      awaitKeys("one/", 3);

      assertThat(first.getKey()).isEqualTo(bytes("one/1a"));
      assertThat(first.getHeader().getRevision())
          .isEqualTo(get("one/1a").getKvs(0).getModRevision());
      assertThat(get("one/1a").getKvs(0).getLease()).isEqualTo(0x1a);
      assertThat(get("one/1a").getKvs(0).getValue()).isEqualTo(ByteString.EMPTY);
      assertThat(second.isDone()).isFalse();
      long released = locks
          .unlock(UnlockRequest.newBuilder().setKey(first.getKey()).build())
          .getHeader()
          .getRevision();
      LockResponse next = second.get(BOUND_SECONDS, TimeUnit.SECONDS);
      assertThat(next.getKey()).isEqualTo(bytes("one/-5"));
      assertThat(next.getHeader().getRevision()).isEqualTo(released);
      assertThat(next.getHeader().getMemberId()).isNotZero();
      assertThat(third.isDone()).isFalse();
      revoke(-5);
      assertThat(third.get(BOUND_SECONDS, TimeUnit.SECONDS).getKey()).isEqualTo(bytes("one/1c"));
      revoke(0x1a);
      revoke(0x1c);
    }

    void aLockIsReentrant() {
      grant(1);
      LockResponse first = locks.lock(lock("again", 1));
      LockResponse second = locks.lock(lock("again", 1));

      assertThat(second).isEqualTo(first);
      assertThat(get("again/1").getKvs(0).getVersion()).isEqualTo(1);
      kv.put(PutRequest.newBuilder()
          .setKey(bytes("again/1"))
          .setValue(bytes("mine"))
          .setLease(1)
          .build());
      locks.lock(lock("again", 1));

      assertThat(get("again/1").getKvs(0).getValue()).isEqualTo(bytes("mine"));
      revoke(1);
    }

    void aWaiterWhoseLeaseEndsGetsNothing() throws Exception {
      grant(1);
      grant(2);
      LockResponse first = locks.lock(lock("lost", 1));
      ListenableFuture<LockResponse> second = waitingLocks.lock(lock("lost", 2));
      awaitKeys("lost/", 2);
      revoke(2);
      locks.unlock(UnlockRequest.newBuilder().setKey(first.getKey()).build());

      assertFails(() -> join(second), "mutex: session is expired");
      revoke(1);
    }

    void aWaiterWhoIsCancelledLeaves() throws Exception {
      grant(1);
      grant(2);
      grant(3);
      LockResponse first = locks.lock(lock("left", 1));
      ListenableFuture<LockResponse> second = waitingLocks.lock(lock("left", 2));
      awaitKeys("left/", 2);
      ListenableFuture<LockResponse> third = waitingLocks.lock(lock("left", 3));
      awaitKeys("left/", 3);
      goOnElsewhere(); // while the third one finds out whom it waits for

      second.cancel(true);
      awaitKeys("left/", 2);
      goOnElsewhere(); // while the third one could believe that it is its turn
      long released = locks
          .unlock(UnlockRequest.newBuilder().setKey(first.getKey()).build())
          .getHeader()
          .getRevision();

      assertThat(join(third).getKey()).isEqualTo(bytes("left/3"));
      assertThat(join(third).getHeader().getRevision()).isEqualTo(released);
      revoke(1);
      revoke(2);
      revoke(3);
    }

    void aLockStandsInLineWithWhoeverWritesTheKeysItself() throws Exception {
      grant(2);
      kv.put(PutRequest.newBuilder().setKey(bytes("line/somebody else")).build());
      ListenableFuture<LockResponse> lock = waitingLocks.lock(lock("line", 2));
      awaitKeys("line/", 2);
      assertThat(lock.isDone()).isFalse();

      kv.deleteRange(
          DeleteRangeRequest.newBuilder().setKey(bytes("line/somebody else")).build());

      assertThat(join(lock).getKey()).isEqualTo(bytes("line/2"));
      revoke(2);
    }

    void withoutALeaseOneIsGranted() {
      LockResponse lock = locks.lock(lock("lease", 0));
      long lease = get(lock.getKey().toStringUtf8()).getKvs(0).getLease();

      assertThat(lock.getKey()).isEqualTo(bytes("lease/" + Long.toHexString(lease)));
      assertThat(leases
              .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
              .getGrantedTTL())
          .isEqualTo(60);
      revoke(lease);
    }

    void refusalsHaveATextAndNoCode() {
      LeaderKey stale = LeaderKey.newBuilder()
          .setName(bytes("e"))
          .setKey(bytes("e/7"))
          .setRev(2)
          .setLease(7)
          .build();
      LeaderKey empty = LeaderKey.newBuilder().setLease(7).build();
      assertFails(() -> locks.lock(lock("refused", 4711)), "etcdserver: requested lease not found");
      assertFails(
          () -> locks.unlock(UnlockRequest.getDefaultInstance()),
          "etcdserver: key is not provided");
      assertThat(locks
              .unlock(UnlockRequest.newBuilder().setKey(bytes("nothing")).build())
              .getHeader()
              .getRevision())
          .isPositive();
      assertFails(
          () -> elections.campaign(CampaignRequest.newBuilder().setLease(4711).build()),
          "etcdserver: requested lease not found");
      assertFails(
          () -> elections.proclaim(ProclaimRequest.getDefaultInstance()),
          "\"leader\" field must be provided");
      assertFails(
          () -> elections.resign(ResignRequest.getDefaultInstance()),
          "\"leader\" field must be provided");
      assertFails(
          () -> elections.proclaim(ProclaimRequest.newBuilder().setLeader(empty).build()),
          "etcdserver: key is not provided");
      assertFails(
          () -> elections.resign(ResignRequest.newBuilder().setLeader(empty).build()),
          "etcdserver: key is not provided");
      assertFails(
          () -> elections.proclaim(ProclaimRequest.newBuilder().setLeader(stale).build()),
          "election: not leader");
      assertThat(elections
              .resign(ResignRequest.newBuilder().setLeader(stale).build())
              .getHeader()
              .getRevision())
          .isPositive();
      assertFails(() -> elections.leader(leader("nobody")), "election: no leader");
    }

    void anElectionIsWonKeptAndGivenUp() throws Exception {
      grant(1);
      grant(2);
      CampaignResponse won = elections.campaign(campaign("vote", 1, "alice"));
      ListenableFuture<CampaignResponse> rival =
          waitingElections.campaign(campaign("vote", 2, "bob"));
      awaitKeys("vote/", 2);

      LeaderKey key = won.getLeader();
      assertThat(key.getName()).isEqualTo(bytes("vote"));
      assertThat(key.getKey()).isEqualTo(bytes("vote/1"));
      assertThat(key.getLease()).isEqualTo(1);
      assertThat(key.getRev()).isEqualTo(get("vote/1").getKvs(0).getCreateRevision());
      assertThat(won.getHeader().getRevision()).isEqualTo(key.getRev());
      assertThat(elections.leader(leader("vote")).getKv())
          .isEqualTo(get("vote/1").getKvs(0));

      long proclaimed = elections
          .proclaim(ProclaimRequest.newBuilder()
              .setLeader(key)
              .setValue(bytes("alice again"))
              .build())
          .getHeader()
          .getRevision();
      assertThat(get("vote/1").getKvs(0).getModRevision()).isEqualTo(proclaimed);
      assertThat(get("vote/1").getKvs(0).getLease()).isEqualTo(1);

      LeaderKey same =
          elections.campaign(campaign("vote", 1, "alice a third time")).getLeader();
      assertThat(same).isEqualTo(key);
      assertThat(elections.leader(leader("vote")).getKv().getValue())
          .isEqualTo(bytes("alice a third time"));

      long resigned = elections
          .resign(ResignRequest.newBuilder().setLeader(key).build())
          .getHeader()
          .getRevision();
      CampaignResponse next = rival.get(BOUND_SECONDS, TimeUnit.SECONDS);
      assertThat(next.getLeader().getKey()).isEqualTo(bytes("vote/2"));
      assertThat(next.getHeader().getRevision()).isEqualTo(next.getLeader().getRev());
      assertThat(resigned).isGreaterThan(next.getHeader().getRevision());
      assertFails(
          () -> elections.proclaim(ProclaimRequest.newBuilder().setLeader(key).build()),
          "election: not leader");

      // Who stands for election again has the same key, and is not who resigned before.
      ListenableFuture<CampaignResponse> again =
          waitingElections.campaign(campaign("vote", 1, "alice"));
      awaitKeys("vote/", 2);
      elections.resign(ResignRequest.newBuilder().setLeader(key).build());
      assertThat(get("vote/1").getKvsCount()).isEqualTo(1);
      again.cancel(true);
      awaitKeys("vote/", 1);
      revoke(1);
      revoke(2);
    }

    /** etcd lets it believe that it leads; the next thing it hears is that it does not. */
    void aCandidateWhoseLeaseEnded(boolean isElected) throws Exception {
      grant(1);
      grant(2);
      LeaderKey first = elections.campaign(campaign("gone", 1, "alice")).getLeader();
      ListenableFuture<CampaignResponse> second =
          waitingElections.campaign(campaign("gone", 2, "bob"));
      awaitKeys("gone/", 2);
      revoke(2);
      elections.resign(ResignRequest.newBuilder().setLeader(first).build());

      if (isElected) {
        LeaderKey gone = join(second).getLeader();
        assertFails(
            () ->
                elections.proclaim(ProclaimRequest.newBuilder().setLeader(gone).build()),
            "election: not leader");
      } else {
        assertFails(() -> join(second), "election: not leader");
      }
      revoke(1);
    }

    void observersSeeEveryLeader() throws Exception {
      grant(1);
      grant(2);
      BlockingQueue<LeaderResponse> seen = new LinkedBlockingQueue<>();
      observers.observe(leader("seen"), new StreamObserver<>() {
        @Override
        public void onNext(LeaderResponse value) {
          seen.add(value);
        }

        @Override
        public void onError(Throwable end) {}

        @Override
        public void onCompleted() {}
      });

      LeaderKey alice = elections.campaign(campaign("seen", 1, "alice")).getLeader();
      assertSaid(seen, "alice");
      elections.proclaim(
          ProclaimRequest.newBuilder().setLeader(alice).setValue(bytes("hers")).build());
      LeaderResponse proclaimed = assertSaid(seen, "hers");
      assertThat(proclaimed.getHeader().getRevision())
          .isEqualTo(proclaimed.getKv().getModRevision());
      var unused = CompletableFuture.runAsync(() -> elections.campaign(campaign("seen", 2, "bob")));
      awaitKeys("seen/", 2);
      revoke(1);
      assertSaid(seen, "bob");
      revoke(2);
    }

    private static LeaderResponse assertSaid(BlockingQueue<LeaderResponse> seen, String value)
        throws InterruptedException {
      LeaderResponse next =
          Objects.requireNonNull(seen.poll(BOUND_SECONDS, TimeUnit.SECONDS), value);
      assertThat(next.getKv().getValue()).isEqualTo(bytes(value));
      return next;
    }

    private void grant(long id) {
      leases.leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(600).build());
    }

    private void revoke(long id) {
      leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
    }

    private RangeResponse get(String key) {
      return kv.range(RangeRequest.newBuilder().setKey(bytes(key)).build());
    }

    private void goOnElsewhere() {
      for (int i = 0; i < 20; i++) {
        kv.put(PutRequest.newBuilder().setKey(bytes("elsewhere")).build());
      }
    }

    private void awaitKeys(String prefix, int count) {
      RangeRequest keys = RangeRequest.newBuilder()
          .setKey(bytes(prefix))
          .setRangeEnd(Keys.prefixEnd(bytes(prefix)))
          .setCountOnly(true)
          .build();
      await(() -> kv.range(keys).getCount() == count, count + " keys below " + prefix);
    }
  }

  private static void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("still not: " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static void assertFails(Supplier<?> call, String text) {
    try {
      fail("answered: " + call.get());
    } catch (StatusRuntimeException refused) {
      assertThat(refused.getStatus().getDescription()).isEqualTo(text);
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
    }
  }

  private static <T> T join(ListenableFuture<T> future) {
    try {
      return future.get(BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException failure) {
      if (failure.getCause() instanceof StatusRuntimeException status) {
        throw status;
      }
      throw new IllegalStateException(failure);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static LockRequest lock(String name, long lease) {
    return LockRequest.newBuilder().setName(bytes(name)).setLease(lease).build();
  }

  private static CampaignRequest campaign(String name, long lease, String value) {
    return CampaignRequest.newBuilder()
        .setName(bytes(name))
        .setLease(lease)
        .setValue(bytes(value))
        .build();
  }

  private static LeaderRequest leader(String name) {
    return LeaderRequest.newBuilder().setName(bytes(name)).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
