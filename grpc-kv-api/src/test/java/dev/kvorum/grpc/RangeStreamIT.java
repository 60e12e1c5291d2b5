package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.ScriptedStore.Part;
import dev.kvorum.grpc.ScriptedStore.PartsClosed;
import dev.kvorum.grpc.client.RemoteKvStore;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.RangeStreamResponse;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.StoreStatus;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RangeStream through a real connection. */
class RangeStreamIT {
  private static final ByteString KEY = ByteString.copyFromUtf8("a");
  private static final RangeRequest FROM_A = RangeRequest.newBuilder()
      .setKey(KEY)
      .setRangeEnd(ByteString.copyFrom(new byte[1]))
      .build();
  private static final int PART_BYTES = 1_572_864;

  private final ScriptedStore store = new ScriptedStore();
  private KvServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
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
  void everyPartIsAMessageAndTheLastOneSaysWhatTheWholeIs() throws Exception {
    KeyValue first = keyValue("a", 3);
    KeyValue second = keyValue("b", 3);
    store.answer = asked -> ((Part) asked).number() == 0
        ? new RangePart(List.of(first), null)
        : new RangePart(List.of(second), new RangePart.End(9, true, 5));

    Call call = new Call(FROM_A, Integer.MAX_VALUE);

    RangeResponse one = call.next();
    RangeResponse other = call.next();
    assertThat(one.hasHeader()).isFalse();
    assertThat(one.getCount()).isZero();
    assertThat(one.getKvs(0).getKey()).isEqualTo(KEY);
    assertThat(one.getKvs(0).getModRevision()).isEqualTo(2);
    assertThat(other.getKvsCount()).isEqualTo(1);
    assertThat(other.getMore()).isTrue();
    assertThat(other.getCount()).isEqualTo(5);
    assertThat(other.getHeader().getRevision()).isEqualTo(9);
    assertThat(other.getHeader().getClusterId()).isEqualTo(ScriptedStore.IDENTITY.clusterId());
    assertThat(other.getHeader().getMemberId()).isEqualTo(ScriptedStore.IDENTITY.memberId());
    assertThat(other.getHeader().getRaftTerm()).isEqualTo(3);
    assertThat(call.end().isOk()).isTrue();
    var request = dev.kvorum.store.RangeRequest.latest(KeyRange.from(Bytes.utf8("a")));
    assertThat(asked()).isEqualTo(new Part(request, PART_BYTES, 0));
    assertThat(asked()).isEqualTo(new Part(request, PART_BYTES, 1));
    assertThat(asked()).isEqualTo(new PartsClosed(request));
  }

  @Test
  void whatCannotBeStreamedIsUnimplementedSoThatClientsFallBack() {
    String order = "RangeStream does not support custom sort orders";
    String filter = "RangeStream does not support revision filters";

    assertRefused(
        FROM_A.toBuilder().setSortOrder(RangeRequest.SortOrder.DESCEND),
        Status.Code.UNIMPLEMENTED,
        order);
    assertRefused(
        FROM_A.toBuilder()
            .setSortOrder(RangeRequest.SortOrder.ASCEND)
            .setSortTarget(RangeRequest.SortTarget.MOD),
        Status.Code.UNIMPLEMENTED,
        order);
    assertRefused(FROM_A.toBuilder().setMinModRevision(1), Status.Code.UNIMPLEMENTED, filter);
    assertRefused(FROM_A.toBuilder().setMaxCreateRevision(-1), Status.Code.UNIMPLEMENTED, filter);
    assertRefused(
        RangeRequest.newBuilder(), Status.Code.INVALID_ARGUMENT, "etcdserver: key is not provided");
    assertRefused(
        FROM_A.toBuilder().setSortTargetValue(9),
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: invalid sort option");
    assertThat(store.asked).isEmpty();
  }

  @Test
  void anOrderThatIsThatOfTheKeysIsNoOrder() throws Exception {
    store.answer = asked -> new RangePart(List.of(), new RangePart.End(9, false, 0));

    new Call(FROM_A.toBuilder().setSortOrder(RangeRequest.SortOrder.ASCEND).build(), 1).next();
    new Call(FROM_A.toBuilder().setSortTarget(RangeRequest.SortTarget.MOD).build(), 1).next();
  }

  @Test
  void aFailureBetweenPartsEndsTheStream() throws Exception {
    store.answer = asked -> ((Part) asked).number() == 0
        ? new RangePart(List.of(keyValue("a", 3)), null)
        : StoreException.compacted(8);

    Call call = new Call(FROM_A, Integer.MAX_VALUE);

    call.next();
    assertThat(call.end().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(call.end().getDescription())
        .isEqualTo("etcdserver: mvcc: required revision has been compacted");
  }

  /** What was read ahead would be in memory, once per client that does not read. */
  @Test
  void aClientThatDoesNotReadIsNotReadAheadFor() throws Exception {
    KeyValue large = keyValue("a", 1_000_000);
    store.answer = asked -> new RangePart(List.of(large), null);

    Call call = new Call(FROM_A, 0);
    asked();
    for (int i = 0; i < 3; i++) {
      // Every answer of the loop shows that it had its turn after whatever it may have read ahead.
      assertThat(pingOnTheSameConnection().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(store.asked).as("parts asked for beside the first").hasSizeLessThan(2);

    call.transport.request(5);
    for (int i = 0; i < 5; i++) {
      assertThat(call.next().getKvs(0).getValue().size()).isEqualTo(1_000_000);
    }
    call.transport.cancel("enough", null);
  }

  @Test
  void aCancelledCallReadsNoMore() throws Exception {
    CompletableFuture<RangePart> never = new CompletableFuture<>();
    store.answer = asked -> never;
    Call call = new Call(FROM_A, 1);
    assertThat(asked()).isInstanceOf(Part.class);

    call.transport.cancel("changed my mind", null);

    assertThat(asked()).isInstanceOf(PartsClosed.class);
    never.complete(new RangePart(List.of(keyValue("a", 1)), null));
    pingOnTheSameConnection();
    assertThat(store.asked).isEmpty();
  }

  @Test
  void aMemberThatDoesNotVoteRefuses() throws Exception {
    store.status = new StoreStatus(7, 2, 1, 3, 20, 19, 4096, 1024, true, List.of());
    server.close();
    channel.shutdownNow();
    start();

    Call call = new Call(FROM_A, 1);

    assertThat(call.end().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(call.end().getDescription()).isEqualTo("etcdserver: rpc not supported for learner");
  }

  @Test
  void aRemoteStoreStreamsToo() throws Exception {
    KeyValue first = keyValue("a", 3);
    KeyValue second = keyValue("b", 3);
    store.answer = asked -> switch (((Part) asked).number()) {
      case 0 -> new RangePart(List.of(first), null);
      case 1 -> new RangePart(List.of(second), new RangePart.End(9, true, 5));
      default -> StoreException.of(Kind.STOPPED);
    };
    var request = dev.kvorum.store.RangeRequest.latest(KeyRange.from(Bytes.utf8("a")));
    try (RemoteKvStore remote = RemoteKvStore.connect(server.clientAddresses());
        RangeStream stream = remote.rangeStream(request, PART_BYTES, CallContext.inline())) {
      assertThat(stream.next().get(10, TimeUnit.SECONDS))
          .isEqualTo(new RangePart(List.of(first), null));
      assertThat(stream.next().get(10, TimeUnit.SECONDS))
          .isEqualTo(new RangePart(List.of(second), new RangePart.End(9, true, 5)));
    }
    store.answer = asked -> StoreException.of(Kind.FUTURE_REVISION);
    try (RemoteKvStore remote = RemoteKvStore.connect(server.clientAddresses());
        RangeStream stream = remote.rangeStream(request, PART_BYTES, CallContext.inline())) {
      assertThat(stream.next())
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingRootCause()
          .isInstanceOfSatisfying(
              StoreException.class,
              failure -> assertThat(failure.kind()).isEqualTo(Kind.FUTURE_REVISION));
    }
  }

  private void assertRefused(RangeRequest.Builder request, Status.Code code, String text) {
    Status end = new Call(request.build(), 1).end();
    assertThat(end.getCode()).isEqualTo(code);
    assertThat(end.getDescription()).isEqualTo(text);
  }

  /** A call that the server refuses by itself, on the same event loop. */
  private Status pingOnTheSameConnection() {
    return new Call(RangeRequest.getDefaultInstance(), 1).end();
  }

  private Object asked() throws InterruptedException {
    return Objects.requireNonNull(store.asked.poll(10, TimeUnit.SECONDS), "nothing was asked");
  }

  private static KeyValue keyValue(String key, int valueBytes) {
    return KeyValue.of(Bytes.utf8(key), 2, 2, 1, Bytes.wrap(new byte[valueBytes]), 0);
  }

  /** A client's end of a call. */
  private final class Call extends ClientCall.Listener<RangeStreamResponse> {
    final ClientCall<RangeRequest, RangeStreamResponse> transport;
    private final BlockingQueue<RangeStreamResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Call(RangeRequest request, int messages) {
      transport = channel.newCall(KVGrpc.getRangeStreamMethod(), CallOptions.DEFAULT);
      transport.start(this, new Metadata());
      if (messages > 0) {
        transport.request(messages);
      }
      transport.sendMessage(request);
      transport.halfClose();
    }

    @Override
    public void onMessage(RangeStreamResponse message) {
      received.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }

    RangeResponse next() throws InterruptedException {
      RangeStreamResponse message = received.poll(10, TimeUnit.SECONDS);
      assertThat(message).as("a message, stream end: %s", end).isNotNull();
      return Objects.requireNonNull(message).getRangeResponse();
    }

    Status end() {
      return end.orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
