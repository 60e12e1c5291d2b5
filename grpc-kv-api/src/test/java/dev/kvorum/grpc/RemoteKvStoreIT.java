package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.grpc.ScriptedStore.ScriptedStream;
import dev.kvorum.grpc.client.RemoteKvStore;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.StoreException.Outcome;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes into a remote store comes out on the other side, and back. */
class RemoteKvStoreIT {
  private static final KeyValue STORED = KeyValue.of(Bytes.utf8("k"), 2, 3, 4, Bytes.utf8("v"), 5);

  private final ScriptedStore behind = new ScriptedStore();
  private final CallContext context = CallContext.inline();
  private KvServer server;
  private RemoteKvStore store;

  @BeforeEach
  void start() throws IOException {
    server = KvServer.start(
        behind, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    store = RemoteKvStore.connect(server.clientAddresses());
  }

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  @Test
  void identityAndStateAreThoseOfTheMember() {
    assertThat(store.identity().clusterId()).isEqualTo(ScriptedStore.IDENTITY.clusterId());
    assertThat(store.identity().memberId()).isEqualTo(ScriptedStore.IDENTITY.memberId());
    assertThat(store.revision()).isEqualTo(7);
    assertThat(store.term()).isEqualTo(3);
    assertThat(store.status().dbSizeBytes()).isEqualTo(4096);
    assertThat(store.leaderlessMillis()).isZero();
  }

  @Test
  void everyCallGoesThereAndBack() {
    RangeRequest range = new RangeRequest(
        new KeyRange(Bytes.utf8("a"), Bytes.ZERO),
        5,
        6,
        RangeRequest.SortOrder.DESCEND,
        RangeRequest.SortTarget.VERSION,
        true,
        true,
        true,
        1,
        2,
        3,
        4);
    PutRequest put = new PutRequest(Bytes.utf8("k"), Bytes.utf8("v"), -9, true, false, false);
    DeleteRequest delete = new DeleteRequest(KeyRange.prefix(Bytes.utf8("k")), true);
    TxnRequest txn = new TxnRequest(
        List.of(
            new Compare(
                KeyRange.single(Bytes.utf8("k")),
                Compare.Target.MOD,
                Compare.Relation.LESS,
                9,
                Bytes.EMPTY),
            new Compare(
                KeyRange.prefix(Bytes.utf8("k")),
                Compare.Target.VALUE,
                Compare.Relation.NOT_EQUAL,
                0,
                Bytes.utf8("x"))),
        List.of(put, range),
        List.of(new TxnRequest(List.of(), List.of(delete), List.of())));
    TxnResult txnResult = new TxnResult(
        9,
        true,
        List.of(
            new PutResult(9, STORED),
            new RangeResult(9, List.of(STORED), true, 3),
            new DeleteResult(9, 1, List.of(STORED)),
            new TxnResult(0, false, List.of())));

    exchange(range, new RangeResult(8, List.of(STORED), true, 3));
    exchange(put, new PutResult(8, null));
    exchange(delete, new DeleteResult(8, 2, List.of(STORED)));
    exchange(txn, txnResult);
    exchange(new ScriptedStore.Compaction(5, true), 8L);
    exchange(new ScriptedStore.Grant(60, 7), new LeaseGrant(8, 7, 60));
    exchange(new ScriptedStore.Revoke(7), 8L);
    exchange(new ScriptedStore.KeepAlive(7), new LeaseKeepAlive(8, 7, 60));
    exchange(
        new ScriptedStore.TimeToLive(7, true),
        new LeaseTimeToLive(8, 7, 59, 60, List.of(Bytes.utf8("k"))));
    exchange(new ScriptedStore.ListLeases(), new Leases(8, List.of(7L)));
    exchange(
        new ScriptedStore.ListMembers(true),
        List.of(new Member(-1, "m", List.of("http://p"), List.of("http://c"), false)));
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, names = "DEADLINE_EXCEEDED", mode = EnumSource.Mode.EXCLUDE)
  void everyFailureComesBackAsItself(Kind kind) {
    behind.answer = request -> StoreException.of(kind);

    assertThat(failure(store.put(PutRequest.of(Bytes.utf8("k"), Bytes.EMPTY), context))
            .kind())
        .isEqualTo(kind);
  }

  @Test
  void aWriteWhoseAnswerIsLostMayHaveHappened() {
    CompletableFuture<Object> never = new CompletableFuture<>();
    behind.answer = request -> never;
    long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);

    var tooLate = store.put(
        PutRequest.of(Bytes.utf8("k"), Bytes.EMPTY), new CallContext(Runnable::run, soon));
    assertThat(failure(tooLate).outcome()).isEqualTo(Outcome.UNKNOWN);

    var cutOff = store.put(PutRequest.of(Bytes.utf8("k"), Bytes.EMPTY), context);
    store.close();
    assertThat(failure(cutOff).outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void anEndpointThatDoesNotExistCannotBeConnectedTo() throws IOException {
    var nobody = io.grpc.netty.NettyChannelBuilder.forAddress(
            server.clientAddresses().get(0))
        .usePlaintext()
        .build();
    nobody.shutdownNow();

    assertThatThrownBy(() -> RemoteKvStore.connect(nobody)).isInstanceOf(IOException.class);
  }

  @Test
  void watchersSeeWhatHappensThere() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      RecordingSink sink = new RecordingSink();
      WatchStream stream = store.openWatchStream(executor, sink);
      WatchRequest request =
          new WatchRequest(KeyRange.prefix(Bytes.utf8("k")), 4, true, true, true, false, true);
      executor.submit(() -> stream.create(0, request)).get();
      ScriptedStream there = behind.streams.poll(10, TimeUnit.SECONDS);
      assertThat(there).isNotNull();
      assertThat(there.asked.poll(10, TimeUnit.SECONDS))
          .isIn(new ScriptedStream.Create(0, request), ScriptedStream.Signal.READY);
      Event put = Event.put(STORED, KeyValue.of(Bytes.utf8("k"), 2, 2, 3, Bytes.EMPTY, 0));
      Event delete = Event.delete(KeyValue.tombstone(Bytes.utf8("l"), 3), null);
      Event large = Event.put(
          KeyValue.of(Bytes.utf8("m"), 3, 3, 1, Bytes.wrap(new byte[1_500_000]), 0), null);

      there.say(to -> {
        to.created(0, 7);
        to.events(0, request, 7, List.of(put, delete, large, large));
        to.progress(-1, 8);
        to.progress(0, 9);
        to.canceled(0, 9, 5);
      });

      assertThat(sink.next()).isEqualTo("created 0 at 7");
      assertThat(sink.next())
          .isEqualTo("events 0 at 7: " + List.of(put, delete, large, large) + " " + request);
      assertThat(sink.next()).isEqualTo("progress -1 at 8");
      assertThat(sink.next()).isEqualTo("progress 0 at 9");
      assertThat(sink.next()).isEqualTo("canceled 0 at 0 compacted 5");

      server.close();
      assertThat(sink.next()).startsWith("failed ");
    }
  }

  private void exchange(Object request, Object answer) {
    behind.answer = asked -> answer;
    behind.asked.clear();

    assertThat(call(request).orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(answer);
    assertThat(behind.asked).containsExactly(request);
  }

  private CompletableFuture<?> call(Object request) {
    return switch (request) {
      case RangeRequest range -> store.range(range, context);
      case PutRequest put -> store.put(put, context);
      case DeleteRequest delete -> store.delete(delete, context);
      case TxnRequest txn -> store.txn(txn, context);
      case ScriptedStore.Compaction c -> store.compact(c.revision(), c.physical(), context);
      case ScriptedStore.Grant grant -> store.leaseGrant(grant.ttlSeconds(), grant.id(), context);
      case ScriptedStore.Revoke revoke -> store.leaseRevoke(revoke.id(), context);
      case ScriptedStore.KeepAlive renewal -> store.leaseKeepAlive(renewal.id(), context);
      case ScriptedStore.TimeToLive lease ->
        store.leaseTimeToLive(lease.id(), lease.withKeys(), context);
      case ScriptedStore.ListMembers list -> store.members(list.linearizable(), context);
      default -> store.leases(context);
    };
  }

  private static StoreException failure(CompletableFuture<?> call) {
    try {
      call.orTimeout(10, TimeUnit.SECONDS).join();
      throw new AssertionError("it worked");
    } catch (CompletionException e) {
      assertThat(e.getCause()).isInstanceOf(StoreException.class);
      return (StoreException) e.getCause();
    }
  }

  /** Remembers what it is told. */
  private static final class RecordingSink implements WatchSink {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      String next = told.poll(10, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return java.util.Objects.requireNonNull(next);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void created(long watchId, long revision) {
      told.add("created " + watchId + " at " + revision);
    }

    @Override
    public void refused(long revision, String reason) {
      told.add("refused at " + revision + ": " + reason);
    }

    @Override
    public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
      told.add("events " + watchId + " at " + revision + ": " + events + " " + request);
    }

    @Override
    public void progress(long watchId, long revision) {
      told.add("progress " + watchId + " at " + revision);
    }

    @Override
    public void canceled(long watchId, long revision, long compactRevision) {
      told.add("canceled " + watchId + " at " + revision + " compacted " + compactRevision);
    }

    @Override
    public void failed(StoreException failure) {
      told.add("failed " + failure.kind());
    }
  }
}
