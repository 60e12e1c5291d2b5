package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.proto.etcd.WatchRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One client that wants much: thousands of watchers and leases over one connection. */
class ManyIT {
  private static final int WATCHERS = 10_000;
  private static final int STREAMS = 10;
  private static final int ROUNDS = 3;
  private static final int KEYS_PER_TXN = 100;
  private static final int LEASES = 10_000;
  private static final int GRANTS_AT_ONCE = 500;
  private static final long BOUND_SECONDS = 120;

  private Subject server;
  private Endpoint endpoint;
  private Channel channel;

  @BeforeEach
  void start() throws Exception {
    server = Subjects.fromPropertiesOrSkip().start();
    endpoint = new Endpoint(server.address(), 1, List.of());
    channel = endpoint.channel(0);
  }

  @AfterEach
  void stop() {
    endpoint.close();
    server.close();
  }

  @Test
  void everyWatcherOfThousandsSeesItsEventsOnceAndInOrder() throws Exception {
    KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
    kv.put(PutRequest.newBuilder().setKey(key(0)).build());
    List<Stream> streams = new ArrayList<>();
    long before = usedBytes();
    for (int i = 0; i < STREAMS; i++) {
      streams.add(new Stream(i * (WATCHERS / STREAMS), WATCHERS / STREAMS));
    }
    for (Stream stream : streams) {
      stream.await(stream.created, "watchers");
    }
    long bytes = (usedBytes() - before) / WATCHERS;
    System.out.println("many: " + WATCHERS + " watchers, " + bytes + " bytes of heap each, with"
        + " what the test itself keeps of them");

    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < WATCHERS; i += KEYS_PER_TXN) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int j = i; j < i + KEYS_PER_TXN; j++) {
          PutRequest.Builder put = PutRequest.newBuilder().setKey(key(j)).setValue(value(round));
          txn.addSuccess(RequestOp.newBuilder().setRequestPut(put));
        }
        kv.txn(txn.build());
      }
    }

    for (Stream stream : streams) {
      stream.await(stream.events, "events");
      assertThat(stream.wrong).isEmpty();
    }
  }

  @Test
  void thousandsOfLeasesAreKeptAliveThroughOneStream() throws Exception {
    LeaseGrpc.LeaseFutureStub leases = LeaseGrpc.newFutureStub(channel);
    List<ListenableFuture<LeaseGrantResponse>> grants = new ArrayList<>();
    for (int id = 1; id <= LEASES; id++) {
      grants.add(
          leases.leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(600).build()));
      if (grants.size() == GRANTS_AT_ONCE) {
        for (ListenableFuture<LeaseGrantResponse> grant : grants) {
          assertThat(grant.get(BOUND_SECONDS, TimeUnit.SECONDS).getTTL()).isEqualTo(600);
        }
        grants.clear();
      }
    }
    CountDownLatch renewed = new CountDownLatch(LEASES);
    AtomicInteger next = new AtomicInteger(1);
    Queue<Object> wrong = new ConcurrentLinkedQueue<>();
    StreamObserver<LeaseKeepAliveRequest> stream = LeaseGrpc.newStub(channel)
        .leaseKeepAlive(new StreamObserver<>() {
          @Override
          public void onNext(LeaseKeepAliveResponse renewal) {
            if (renewal.getID() != next.getAndIncrement() || renewal.getTTL() != 600) {
              wrong.add(renewal);
            }
            renewed.countDown();
          }

          @Override
          public void onError(Throwable failure) {
            wrong.add(failure);
          }

          @Override
          public void onCompleted() {}
        });

    for (int id = 1; id <= LEASES; id++) {
      stream.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    }

    assertThat(renewed.await(BOUND_SECONDS, TimeUnit.SECONDS))
        .as("renewals in time, missing %s, wrong %s", renewed.getCount(), wrong)
        .isTrue();
    assertThat(wrong).isEmpty();
    stream.onCompleted();
  }

  /** A Watch stream with a watcher on each of some neighbouring keys. */
  private final class Stream implements StreamObserver<WatchResponse> {
    final CountDownLatch created;
    final CountDownLatch events;
    final Queue<Object> wrong = new ConcurrentLinkedQueue<>();
    private final int first;
    private final int[] rounds;

    Stream(int first, int count) {
      this.first = first;
      this.created = new CountDownLatch(count);
      this.events = new CountDownLatch(count * ROUNDS);
      this.rounds = new int[count];
      StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(this);
      for (int i = 0; i < count; i++) {
        requests.onNext(WatchRequest.newBuilder()
            .setCreateRequest(WatchCreateRequest.newBuilder().setKey(key(first + i)))
            .build());
      }
    }

    @Override
    public void onNext(WatchResponse response) {
      if (response.getCreated()) {
        created.countDown();
        return;
      }
      int watcher = (int) response.getWatchId();
      response.getEventsList().forEach(event -> {
        boolean right = event.getKv().getKey().equals(key(first + watcher))
            && event.getKv().getValue().equals(value(rounds[watcher]++));
        if (!right) {
          wrong.add(response);
        }
        events.countDown();
      });
    }

    @Override
    public void onError(Throwable failure) {
      wrong.add(failure);
    }

    @Override
    public void onCompleted() {}

    void await(CountDownLatch latch, String what) throws InterruptedException {
      assertThat(latch.await(BOUND_SECONDS, TimeUnit.SECONDS))
          .as("%s in time, missing %s, wrong %s", what, latch.getCount(), wrong)
          .isTrue();
    }
  }

  /** Heap in use once nothing more can be freed; the smallest of several looks. */
  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }

  private static ByteString key(int number) {
    return ByteString.copyFromUtf8("many/" + number);
  }

  private static ByteString value(int round) {
    return ByteString.copyFromUtf8("round " + round);
  }
}
