package dev.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.election.NoLeaderException;
import io.etcd.jetcd.election.NotLeaderException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a Java program finds when it talks to a store through jetcd, the etcd project's Java client. A subclass says where
 * the store is; keys lie below a prefix of the test's own, so that one store can serve many tests.
 */
abstract class JetcdContract {
  private static final long WAIT_SECONDS = 30;

  private String prefix = "";
  private Client client = Client.builder().endpoints("http://127.0.0.1:1").build();

  /** Where clients reach the store, as {@code http://host:port}. */
  abstract String endpoint();

  @BeforeEach
  void connect() {
    client.close();
    client = Client.builder().endpoints(endpoint()).build();
    prefix = "jetcd/" + System.nanoTime() + "/";
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  void whatWasPutIsGot() {
    KV kv = client.getKVClient();

    PutResponse put = await(kv.put(key("a"), value("1")));
    GetResponse got = await(kv.get(key("a")));

    assertThat(got.getCount()).isEqualTo(1);
    KeyValue found = got.getKvs().get(0);
    assertThat(found.getValue()).isEqualTo(value("1"));
    assertThat(found.getModRevision()).isEqualTo(put.getHeader().getRevision());
    assertThat(found.getCreateRevision()).isEqualTo(found.getModRevision());
    assertThat(found.getVersion()).isEqualTo(1);
    assertThat(got.getHeader().getClusterId()).isNotZero();
    assertThat(got.getHeader().getMemberId()).isNotZero();
  }

  @Test
  void pagesOrderCountAndOldRevisions() {
    KV kv = client.getKVClient();
    for (String name : List.of("a", "b", "c", "d")) {
      await(kv.put(key(name), value(name)));
    }
    long before = await(kv.put(key("a"), value("old"))).getHeader().getRevision();
    await(kv.put(key("a"), value("new")));

    GetResponse page =
        await(kv.get(key(""), GetOption.builder().isPrefix(true).withLimit(3).build()));
    GetResponse backwards = await(kv.get(
        key(""),
        GetOption.builder()
            .isPrefix(true)
            .withSortField(GetOption.SortTarget.KEY)
            .withSortOrder(GetOption.SortOrder.DESCEND)
            .withKeysOnly(true)
            .build()));
    GetResponse count = await(
        kv.get(key(""), GetOption.builder().isPrefix(true).withCountOnly(true).build()));
    GetResponse past =
        await(kv.get(key("a"), GetOption.builder().withRevision(before).build()));

    assertThat(page.getKvs()).hasSize(3);
    assertThat(page.isMore()).isTrue();
    assertThat(page.getCount()).isEqualTo(4);
    assertThat(backwards.getKvs())
        .extracting(KeyValue::getKey)
        .containsExactly(key("d"), key("c"), key("b"), key("a"));
    assertThat(backwards.getKvs()).allMatch(found -> found.getValue().isEmpty());
    assertThat(count.getCount()).isEqualTo(4);
    assertThat(count.getKvs()).isEmpty();
    assertThat(past.getKvs().get(0).getValue()).isEqualTo(value("old"));
    assertThat(past.getHeader().getRevision()).isGreaterThan(before);
  }

  @Test
  void deletingSaysWhatIsGone() {
    KV kv = client.getKVClient();
    await(kv.put(key("a"), value("1")));
    await(kv.put(key("b"), value("2")));

    var deleted = await(kv.delete(
        key(""), DeleteOption.builder().isPrefix(true).withPrevKV(true).build()));

    assertThat(deleted.getDeleted()).isEqualTo(2);
    assertThat(deleted.getPrevKvs())
        .extracting(KeyValue::getValue)
        .containsExactly(value("1"), value("2"));
    assertThat(await(kv.get(key("a"))).getKvs()).isEmpty();
  }

  @Test
  void aTransactionTakesOneBranch() {
    KV kv = client.getKVClient();
    await(kv.put(key("lock"), value("free")));
    Cmp isFree = new Cmp(key("lock"), Cmp.Op.EQUAL, CmpTarget.value(value("free")));

    TxnResponse first = await(kv.txn()
        .If(isFree)
        .Then(Op.put(key("lock"), value("mine"), PutOption.DEFAULT))
        .Else(Op.get(key("lock"), GetOption.DEFAULT))
        .commit());
    TxnResponse second = await(kv.txn()
        .If(isFree)
        .Then(Op.put(key("lock"), value("mine too"), PutOption.DEFAULT))
        .Else(Op.get(key("lock"), GetOption.DEFAULT))
        .commit());

    assertThat(first.isSucceeded()).isTrue();
    assertThat(first.getPutResponses()).hasSize(1);
    assertThat(second.isSucceeded()).isFalse();
    assertThat(second.getGetResponses().get(0).getKvs().get(0).getValue()).isEqualTo(value("mine"));
    assertThat(second.getHeader().getRevision()).isEqualTo(first.getHeader().getRevision());
  }

  @Test
  void aWatchReplaysThePastAndFollowsThePresent() throws InterruptedException {
    KV kv = client.getKVClient();
    long start = await(kv.put(key("a"), value("1"))).getHeader().getRevision();
    await(kv.put(key("a"), value("2")));
    BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();

    WatchOption option = WatchOption.builder()
        .isPrefix(true)
        .withRevision(start)
        .withPrevKV(true)
        .build();
    try (Watch.Watcher watcher = client
        .getWatchClient()
        .watch(key(""), option, response -> events.addAll(response.getEvents()))) {
      await(kv.delete(key("a")));

      WatchEvent created = next(events);
      WatchEvent changed = next(events);
      WatchEvent deleted = next(events);

      assertThat(created.getEventType()).isEqualTo(WatchEvent.EventType.PUT);
      assertThat(created.getKeyValue().getValue()).isEqualTo(value("1"));
      assertThat(changed.getKeyValue().getValue()).isEqualTo(value("2"));
      assertThat(changed.getPrevKV().getValue()).isEqualTo(value("1"));
      assertThat(deleted.getEventType()).isEqualTo(WatchEvent.EventType.DELETE);
      assertThat(deleted.getPrevKV().getValue()).isEqualTo(value("2"));
      assertThat(watcher).isNotNull();
    }
  }

  @Test
  void progressIsAnsweredOnAnIdleWatch() throws InterruptedException {
    long revision =
        await(client.getKVClient().put(key("a"), value("1"))).getHeader().getRevision();
    BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
    WatchOption option =
        WatchOption.builder().isPrefix(true).withCreateNotify(true).build();
    try (Watch.Watcher watcher = client.getWatchClient().watch(key(""), option, responses::add)) {
      next(responses);

      watcher.requestProgress();

      assertThat(next(responses).getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
    }
  }

  @Test
  void aWatchBelowTheCompactRevisionIsToldSo() throws InterruptedException {
    KV kv = client.getKVClient();
    long old = await(kv.put(key("a"), value("1"))).getHeader().getRevision();
    long compacted = await(kv.put(key("a"), value("2"))).getHeader().getRevision();
    await(
        kv.compact(compacted, CompactOption.builder().withCompactPhysical(true).build()));
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    Watch.Listener listener = Watch.listener(response -> {}, failures::add);
    try (Watch.Watcher watcher = client
        .getWatchClient()
        .watch(key("a"), WatchOption.builder().withRevision(old).build(), listener)) {
      assertThat(next(failures)).hasMessageContaining("compacted");
      assertThat(watcher).isNotNull();
    }
    assertThatThrownBy(
            () -> await(kv.get(key("a"), GetOption.builder().withRevision(old).build())))
        .hasMessageContaining("etcdserver: mvcc: required revision has been compacted");
  }

  @Test
  void aLeaseIsGrantedRenewedReadAndRevoked() throws InterruptedException {
    KV kv = client.getKVClient();
    Lease leases = client.getLeaseClient();
    long id = await(leases.grant(60)).getID();
    await(kv.put(key("leased"), value("1"), PutOption.builder().withLeaseId(id).build()));
    BlockingQueue<LeaseKeepAliveResponse> renewals = new LinkedBlockingQueue<>();

    try (var keepAlive = leases.keepAlive(id, observer(renewals))) {
      assertThat(next(renewals).getTTL()).isEqualTo(60);
      assertThat(keepAlive).isNotNull();
    }
    LeaseTimeToLiveResponse left =
        await(leases.timeToLive(id, LeaseOption.builder().withAttachedKeys().build()));
    assertThat(left.getGrantedTTL()).isEqualTo(60);
    assertThat(left.getTTL()).isBetween(50L, 60L);
    assertThat(left.getKeys()).containsExactly(key("leased"));

    await(leases.revoke(id));

    assertThat(await(kv.get(key("leased"))).getKvs()).isEmpty();
    assertThat(await(leases.timeToLive(id, LeaseOption.DEFAULT)).getTTL()).isEqualTo(-1);
    assertThatThrownBy(() -> await(leases.revoke(id)))
        .hasMessageContaining("etcdserver: requested lease not found");
  }

  @Test
  void aLeaseThatIsNotRenewedTakesItsKeysWithIt() throws InterruptedException {
    KV kv = client.getKVClient();
    BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
    try (Watch.Watcher watcher = client
        .getWatchClient()
        .watch(
            key(""),
            WatchOption.builder().isPrefix(true).withNoPut(true).build(),
            response -> events.addAll(response.getEvents()))) {
      long id = await(client.getLeaseClient().grant(2)).getID();
      PutOption attached = PutOption.builder().withLeaseId(id).build();
      await(kv.put(key("x"), value("1"), attached));
      await(kv.put(key("y"), value("1"), attached));

      WatchEvent first = next(events);
      WatchEvent second = next(events);

      assertThat(first.getKeyValue().getKey()).isEqualTo(key("x"));
      assertThat(second.getKeyValue().getKey()).isEqualTo(key("y"));
      assertThat(second.getKeyValue().getModRevision())
          .isEqualTo(first.getKeyValue().getModRevision());
      assertThat(watcher).isNotNull();
    }
  }

  @Test
  void aLockIsHeldByOneAtATime() throws Exception {
    Lock locks = client.getLockClient();
    long mine = await(client.getLeaseClient().grant(60)).getID();
    long others = await(client.getLeaseClient().grant(60)).getID();

    ByteSequence held = await(locks.lock(key("mutex"), mine)).getKey();
    CompletableFuture<LockResponse> waiting = locks.lock(key("mutex"), others);
    awaitKeys("mutex/", 2);

    assertThat(held).isEqualTo(key("mutex/" + Long.toHexString(mine)));
    assertThat(await(locks.lock(key("mutex"), mine)).getKey()).isEqualTo(held);
    assertThat(waiting).isNotDone();
    await(locks.unlock(held));
    assertThat(await(waiting).getKey()).isEqualTo(key("mutex/" + Long.toHexString(others)));
    assertThatThrownBy(() -> await(locks.lock(key("mutex"), 4711)))
        .hasMessageContaining("etcdserver: requested lease not found");
  }

  @Test
  void aLockIsFreeWhenTheLeaseOfItsHolderEnds() {
    Lock locks = client.getLockClient();
    long mine = await(client.getLeaseClient().grant(2)).getID();
    long others = await(client.getLeaseClient().grant(60)).getID();
    await(locks.lock(key("mutex"), mine));

    LockResponse next = await(locks.lock(key("mutex"), others));

    assertThat(next.getKey()).isEqualTo(key("mutex/" + Long.toHexString(others)));
  }

  @Test
  void whoeverStopsWaitingForALockLeavesNothingBehind() {
    long mine = await(client.getLeaseClient().grant(60)).getID();
    long others = await(client.getLeaseClient().grant(60)).getID();
    await(client.getLockClient().lock(key("mutex"), mine));
    try (Client another = Client.builder().endpoints(endpoint()).build()) {
      var unused = another.getLockClient().lock(key("mutex"), others);
      awaitKeys("mutex/", 2);
    }

    awaitKeys("mutex/", 1);
  }

  @Test
  void anElectionIsWonFollowedAndGivenUp() throws Exception {
    Election elections = client.getElectionClient();
    long mine = await(client.getLeaseClient().grant(60)).getID();
    long others = await(client.getLeaseClient().grant(60)).getID();
    BlockingQueue<ByteSequence> said = new LinkedBlockingQueue<>();
    elections.observe(key("chair"), new Election.Listener() {
      @Override
      public void onNext(LeaderResponse response) {
        said.add(response.getKv().getValue());
      }

      @Override
      public void onError(Throwable failure) {
        // The client is closed in the end; a leader that was not seen fails the test by itself.
      }

      @Override
      public void onCompleted() {}
    });
    assertThatThrownBy(() -> await(elections.leader(key("chair"))))
        .hasRootCauseInstanceOf(NoLeaderException.class);

    LeaderKey leader =
        await(elections.campaign(key("chair"), mine, value("alice"))).getLeader();
    CompletableFuture<CampaignResponse> rival =
        elections.campaign(key("chair"), others, value("bob"));
    awaitKeys("chair/", 2);

    assertThat(next(said)).isEqualTo(value("alice"));
    assertThat(leader.getName()).isEqualTo(key("chair"));
    assertThat(leader.getLease()).isEqualTo(mine);
    assertThat(await(elections.leader(key("chair"))).getKv().getKey()).isEqualTo(leader.getKey());
    await(elections.proclaim(leader, value("alice again")));
    assertThat(next(said)).isEqualTo(value("alice again"));
    assertThat(rival).isNotDone();
    await(elections.resign(leader));
    assertThat(await(rival).getLeader().getLease()).isEqualTo(others);
    assertThat(next(said)).isEqualTo(value("bob"));
    assertThatThrownBy(() -> await(elections.proclaim(leader, value("too late"))))
        .hasRootCauseInstanceOf(NotLeaderException.class);
    await(elections.resign(leader));
  }

  private void awaitKeys(String name, int count) {
    GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (await(client.getKVClient().get(key(name), option)).getCount() != count) {
      assertThat(System.nanoTime()).as("%s keys of %s in time", count, name).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Test
  void theClusterDescribesItself() {
    var members = await(client.getClusterClient().listMember()).getMembers();
    var status = await(client.getMaintenanceClient().statusMember(endpoint()));

    assertThat(members).isNotEmpty();
    assertThat(members.get(0).getClientURIs()).isNotEmpty();
    assertThat(status.getVersion()).matches("3\\.\\d+\\.\\d+");
    assertThat(status.getDbSize()).isPositive();
    assertThat(status.getLeader()).isNotZero();
  }

  private ByteSequence key(String name) {
    return ByteSequence.from((prefix + name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static ByteSequence value(String text) {
    return ByteSequence.from(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static <T> StreamObserver<T> observer(BlockingQueue<T> queue) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T next) {
        queue.add(next);
      }

      @Override
      public void onError(Throwable failure) {
        // Closing the stream ends it with an error; a renewal that never came fails the test by
        // itself.
      }

      @Override
      public void onCompleted() {}
    };
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within " + WAIT_SECONDS + " s");
    }
    return next;
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      throw new IllegalStateException(
          cause == null ? failure.toString() : cause.getMessage(), failure);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
