package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.ScriptedStore.ScriptedStream;
import dev.kvorum.grpc.ScriptedStore.ScriptedStream.Signal;
import dev.kvorum.grpc.server.Limits;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.WatchCancelRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.proto.etcd.WatchProgressRequest;
import dev.kvorum.proto.etcd.WatchRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.StoreException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watch and keep-alive streams through a real connection. */
class StreamsIT {
  private static final Limits IMPATIENT = new Limits(1_572_864, 128, 20, 2L << 30);

  private final ScriptedStore store = new ScriptedStore();
  private KvServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = KvServer.start(
        store,
        ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .with(IMPATIENT));
    channel = NettyChannelBuilder.forAddress(server.clientAddresses().get(0))
        .usePlaintext()
        .flowControlWindow(64 * 1024)
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void watchRequestsReachTheStoreInOrder() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);

    watch.send(create(
        5,
        WatchCreateRequest.newBuilder()
            .setKey(utf8("a"))
            .setRangeEnd(utf8("b"))
            .setStartRevision(9)
            .setPrevKv(true)
            .setProgressNotify(true)
            .setFragment(true)
            .addFilters(WatchCreateRequest.FilterType.NODELETE)));
    watch.send(WatchRequest.getDefaultInstance());
    watch.send(WatchRequest.newBuilder()
        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
        .build());
    watch.send(WatchRequest.newBuilder()
        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(5))
        .build());

    ScriptedStream stream = stream();
    assertThat(next(stream))
        .isEqualTo(new ScriptedStream.Create(
            5,
            new dev.kvorum.store.WatchRequest(
                new KeyRange(Bytes.utf8("a"), Bytes.utf8("b")), 9, true, true, false, true, true)));
    assertThat(next(stream)).isEqualTo(Signal.PROGRESS);
    assertThat(next(stream)).isEqualTo(new ScriptedStream.Cancel(5));
  }

  @Test
  void whatTheStoreSaysReachesTheClient() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);
    KeyValue old = KeyValue.of(Bytes.utf8("k"), 2, 2, 1, Bytes.utf8("v"), 0);
    var request =
        new dev.kvorum.store.WatchRequest(KeyRange.ALL, 0, true, false, false, false, false);

    stream().say(sink -> {
      sink.created(0, 7);
      sink.refused(8, "mvcc: watcher range is empty");
      sink.events(
          0,
          request,
          9,
          List.of(
              Event.put(KeyValue.of(Bytes.utf8("k"), 2, 9, 2, Bytes.utf8("w"), 0), old),
              Event.delete(KeyValue.tombstone(Bytes.utf8("d"), 9), null)));
      sink.progress(-1, 10);
      sink.canceled(3, 11, 5);
      sink.canceled(0, 12, 0);
    });

    WatchResponse created = watch.next();
    assertThat(created.getCreated()).isTrue();
    assertThat(created.getWatchId()).isZero();
    assertThat(created.getHeader().getRevision()).isEqualTo(7);
    assertThat(created.getHeader().getClusterId()).isEqualTo(ScriptedStore.IDENTITY.clusterId());
    WatchResponse refused = watch.next();
    assertThat(refused.getWatchId()).isEqualTo(-1);
    assertThat(refused.getCreated()).isTrue();
    assertThat(refused.getCanceled()).isTrue();
    assertThat(refused.getCancelReason()).isEqualTo("mvcc: watcher range is empty");
    WatchResponse events = watch.next();
    assertThat(events.getHeader().getRevision()).isEqualTo(9);
    assertThat(events.getEvents(0).getKv().getValue()).isEqualTo(utf8("w"));
    assertThat(events.getEvents(0).getPrevKv().getValue()).isEqualTo(utf8("v"));
    assertThat(events.getEvents(1).getTypeValue()).isEqualTo(1);
    assertThat(events.getEvents(1).getKv().getModRevision()).isEqualTo(9);
    WatchResponse progress = watch.next();
    assertThat(progress.getWatchId()).isEqualTo(-1);
    assertThat(progress.getHeader().getRevision()).isEqualTo(10);
    WatchResponse compacted = watch.next();
    assertThat(compacted.getCanceled()).isTrue();
    assertThat(compacted.getCompactRevision()).isEqualTo(5);
    assertThat(compacted.getHeader().getRevision()).isZero();
    assertThat(compacted.getHeader().getRaftTerm()).isEqualTo(3);
    WatchResponse canceled = watch.next();
    assertThat(canceled.getCanceled()).isTrue();
    assertThat(canceled.getHeader().getRevision()).isEqualTo(12);
  }

  @Test
  void largeResponsesAreSplitForThoseWhoCanPutThemTogether() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);
    List<Event> events = java.util.stream.IntStream.range(0, 5)
        .mapToObj(i -> Event.put(
            KeyValue.of(Bytes.utf8("k" + i), 9, 9, 1, Bytes.wrap(new byte[900_000]), 0), null))
        .toList();

    stream().say(sink -> {
      sink.events(
          1,
          new dev.kvorum.store.WatchRequest(KeyRange.ALL, 0, false, false, false, false, true),
          9,
          events);
      sink.events(1, dev.kvorum.store.WatchRequest.of(KeyRange.ALL, 0), 9, events);
    });

    WatchResponse first = watch.next();
    WatchResponse second = watch.next();
    WatchResponse third = watch.next();
    assertThat(List.of(first.getFragment(), second.getFragment(), third.getFragment()))
        .containsExactly(true, true, false);
    assertThat(List.of(first.getEventsCount(), second.getEventsCount(), third.getEventsCount()))
        .containsExactly(2, 2, 1);
    WatchResponse whole = watch.next();
    assertThat(whole.getEventsCount()).isEqualTo(5);
    assertThat(whole.getFragment()).isFalse();
  }

  @Test
  void aClientThatDoesNotReadMakesTheSinkUnready() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, 0);
    ScriptedStream stream = stream();
    List<Event> events = List.of(
        Event.put(KeyValue.of(Bytes.utf8("k"), 9, 9, 1, Bytes.wrap(new byte[100_000]), 0), null));

    int sent = stream.onSink(sink -> {
      int count = 0;
      while (sink.isReady()) {
        sink.events(0, dev.kvorum.store.WatchRequest.of(KeyRange.ALL, 0), 9, events);
        count++;
      }
      return count;
    });
    assertThat(sent).isBetween(5, 20);
    stream.asked.clear();

    watch.call.request(Integer.MAX_VALUE);

    for (int i = 0; i < sent; i++) {
      assertThat(watch.next().getEventsCount()).isEqualTo(1);
    }
    assertThat(stream.asked.poll(10, TimeUnit.SECONDS)).isEqualTo(Signal.READY);
    assertThat(stream.<Boolean>onSink(sink -> sink.isReady())).isTrue();
  }

  @Test
  void aClientThatSendsWithoutReadingIsNotRead() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, 0);
    ScriptedStream stream = stream();
    stream.say(sink -> {
      while (sink.isReady()) {
        sink.refused(1, "x".repeat(100_000));
      }
    });
    stream.asked.clear();

    for (int i = 0; i < 10; i++) {
      watch.send(create(i, WatchCreateRequest.newBuilder()));
    }
    stream.say(sink -> {}); // what was sent before has arrived or waits in front of the server
    assertThat(stream.asked).hasSizeLessThanOrEqualTo(1);
    watch.call.request(Integer.MAX_VALUE);

    int created = 0;
    while (created < 10) {
      created += next(stream) instanceof ScriptedStream.Create ? 1 : 0;
    }
  }

  @Test
  void endingItsSideDoesNotEndAWatchCancellingDoes() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);
    ScriptedStream stream = stream();

    watch.call.halfClose();
    stream.say(sink -> {
      sink.created(0, 7);
    });
    assertThat(watch.next().getCreated()).isTrue();

    watch.call.cancel("enough", null);
    assertThat(next(stream)).isEqualTo(Signal.CLOSED);
  }

  @Test
  void aStreamThatCannotGoOnEndsWithItsReason() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);
    ScriptedStream stream = stream();

    stream.say(sink -> {
      sink.failed(StoreException.of(StoreException.Kind.STOPPED));
    });

    assertThat(watch.end().getDescription()).isEqualTo("etcdserver: server stopped");
    assertThat(next(stream)).isEqualTo(Signal.CLOSED);
  }

  @Test
  void bytesThatAreNoRequestEndTheStream() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);
    Stream<LeaseKeepAliveRequest, LeaseKeepAliveResponse> wrong = new Stream<>(
        LeaseGrpc.getLeaseKeepAliveMethod().toBuilder()
            .setFullMethodName(WatchGrpc.getWatchMethod().getFullMethodName())
            .build(),
        false,
        Integer.MAX_VALUE);

    wrong.call.sendMessage(LeaseKeepAliveRequest.newBuilder()
        .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
            .addField(
                2,
                com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(utf8("\u0008"))
                    .build())
            .build())
        .build());

    Status end = wrong.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(end.getDescription()).startsWith("grpc: error unmarshalling request: ");
    watch.call.cancel("done", null);
  }

  @Test
  void streamsThatRequireALeaderEndWithoutOne() throws Exception {
    Stream<WatchRequest, WatchResponse> requiring = watch(true, Integer.MAX_VALUE);
    Stream<LeaseKeepAliveRequest, LeaseKeepAliveResponse> renewing =
        new Stream<>(LeaseGrpc.getLeaseKeepAliveMethod(), true, Integer.MAX_VALUE);
    Stream<WatchRequest, WatchResponse> patient = watch(false, Integer.MAX_VALUE);
    store.streams.poll(10, TimeUnit.SECONDS);
    ScriptedStream patientStream = stream();
    store.answer = request -> new LeaseKeepAlive(1, 2, 3);
    renewing.send(LeaseKeepAliveRequest.newBuilder().setID(2).build());
    assertThat(renewing.next().getTTL()).isEqualTo(3);

    store.leaderlessMillis = 60;

    assertThat(requiring.end().getDescription()).isEqualTo("etcdserver: no leader");
    assertThat(renewing.end().getDescription()).isEqualTo("etcdserver: no leader");
    assertThat(watch(true, 1).end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    patientStream.say(sink -> {
      sink.created(0, 7);
    });
    assertThat(patient.next().getCreated()).isTrue();
  }

  @Test
  void streamsEndWhenTheServerStops() throws Exception {
    Stream<WatchRequest, WatchResponse> watch = watch(false, Integer.MAX_VALUE);
    ScriptedStream stream = stream();

    server.close();

    assertThat(watch.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(next(stream)).isEqualTo(Signal.CLOSED);
  }

  @Test
  void renewalsAreAnsweredInTheOrderOfTheirRequests() throws Exception {
    List<CompletableFuture<LeaseKeepAlive>> renewals = java.util.stream.Stream.generate(
            () -> new CompletableFuture<LeaseKeepAlive>())
        .limit(4)
        .toList();
    store.answer = request -> renewals.get((int) ((ScriptedStore.KeepAlive) request).id());
    var stream = new Stream<>(LeaseGrpc.getLeaseKeepAliveMethod(), false, Integer.MAX_VALUE);
    for (long id = 1; id <= 3; id++) {
      stream.send(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    }
    for (long id = 1; id <= 3; id++) {
      assertThat(store.asked.poll(10, TimeUnit.SECONDS)).isEqualTo(new ScriptedStore.KeepAlive(id));
    }
    stream.call.halfClose();

    for (long id = 3; id >= 1; id--) {
      renewals.get((int) id).complete(new LeaseKeepAlive(7, id, id == 2 ? 0 : 60));
    }

    assertThat(stream.next().getID()).isEqualTo(1);
    LeaseKeepAliveResponse missing = stream.next();
    assertThat(missing.getID()).isEqualTo(2);
    assertThat(missing.getTTL()).isZero();
    assertThat(stream.next().getTTL()).isEqualTo(60);
    assertThat(stream.end()).isEqualTo(Status.OK);
  }

  @Test
  void aRenewalThatFailsEndsTheStream() throws Exception {
    store.answer = request -> StoreException.of(StoreException.Kind.NO_LEADER);
    var stream = new Stream<>(LeaseGrpc.getLeaseKeepAliveMethod(), false, Integer.MAX_VALUE);

    stream.send(LeaseKeepAliveRequest.newBuilder().setID(1).build());

    assertThat(stream.end().getDescription()).isEqualTo("etcdserver: no leader");
  }

  private Stream<WatchRequest, WatchResponse> watch(boolean requireLeader, int messages) {
    return new Stream<>(WatchGrpc.getWatchMethod(), requireLeader, messages);
  }

  private static WatchRequest create(long id, WatchCreateRequest.Builder request) {
    return WatchRequest.newBuilder().setCreateRequest(request.setWatchId(id)).build();
  }

  private ScriptedStream stream() throws InterruptedException {
    ScriptedStream stream = store.streams.poll(10, TimeUnit.SECONDS);
    assertThat(stream).isNotNull();
    return java.util.Objects.requireNonNull(stream);
  }

  /** What the store's stream was asked next, readiness aside. */
  private static Object next(ScriptedStream stream) throws InterruptedException {
    Object asked = stream.asked.poll(10, TimeUnit.SECONDS);
    while (asked == Signal.READY) {
      asked = stream.asked.poll(10, TimeUnit.SECONDS);
    }
    assertThat(asked).isNotNull();
    return java.util.Objects.requireNonNull(asked);
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** A client's end of a stream. */
  private final class Stream<Q, S> extends ClientCall.Listener<S> {
    final ClientCall<Q, S> call;
    private final BlockingQueue<S> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Stream(MethodDescriptor<Q, S> method, boolean requireLeader, int messages) {
      call = channel.newCall(method, CallOptions.DEFAULT);
      Metadata headers = new Metadata();
      if (requireLeader) {
        headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
      }
      call.start(this, headers);
      if (messages > 0) {
        call.request(messages);
      }
    }

    @Override
    public void onMessage(S message) {
      received.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }

    void send(Q message) {
      call.sendMessage(message);
    }

    S next() throws InterruptedException {
      S message = received.poll(10, TimeUnit.SECONDS);
      assertThat(message).as("a message, stream end: %s", end).isNotNull();
      return java.util.Objects.requireNonNull(message);
    }

    Status end() {
      return end.orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
