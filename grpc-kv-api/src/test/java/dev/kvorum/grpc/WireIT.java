package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthStatusRequest;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseLeasesRequest;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseStatus;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.MemberListResponse;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.PutResponse;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.StatusRequest;
import dev.kvorum.proto.etcd.StatusResponse;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.StoreStatus;
import dev.kvorum.store.TxnResult;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Unary calls through a real connection, with clients generated from etcd's definitions. */
class WireIT {
  private final ScriptedStore store = new ScriptedStore();
  private KvServer server;
  private ManagedChannel channel;
  private KVGrpc.KVBlockingStub kv;

  @BeforeEach
  void start() throws IOException {
    server = KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    channel = NettyChannelBuilder.forAddress(server.clientAddresses().get(0))
        .usePlaintext()
        .build();
    kv = KVGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void aRangeCarriesTheStoredKeyValues() {
    KeyValue stored = KeyValue.of(Bytes.utf8("k"), 2, 3, 4, Bytes.utf8("v"), 5);
    store.answer = request -> new RangeResult(7, List.of(stored, stored), true, 9);

    RangeResponse response =
        kv.range(RangeRequest.newBuilder().setKey(utf8("k")).build());

    assertThat(response.getHeader()).isEqualTo(header(7));
    assertThat(response.getKvs(1))
        .isEqualTo(dev.kvorum.proto.etcd.KeyValue.newBuilder()
            .setKey(utf8("k"))
            .setCreateRevision(2)
            .setModRevision(3)
            .setVersion(4)
            .setValue(utf8("v"))
            .setLease(5)
            .build());
    assertThat(response.getMore()).isTrue();
    assertThat(response.getCount()).isEqualTo(9);
    assertThat(store.asked)
        .containsExactly(dev.kvorum.store.RangeRequest.latest(KeyRange.single(Bytes.utf8("k"))));
  }

  @Test
  void responsesOfManyMegabytesArriveWhole() {
    List<KeyValue> stored = java.util.stream.IntStream.range(0, 3000)
        .mapToObj(i ->
            KeyValue.of(Bytes.utf8("key-" + i), 2, 3 + i, 1, Bytes.wrap(new byte[10_000 + i]), 0))
        .toList();
    store.answer = request -> new RangeResult(7, stored, false, stored.size());

    RangeResponse response = kv.withMaxInboundMessageSize(1 << 30)
        .range(RangeRequest.newBuilder().setKey(utf8("k")).build());

    assertThat(response.getKvsCount()).isEqualTo(3000);
    assertThat(response.getKvs(2999).getValue().size()).isEqualTo(12_999);
  }

  @Test
  void putDeleteTxnAndCompactAnswer() {
    KeyValue previous = KeyValue.of(Bytes.utf8("k"), 2, 3, 4, Bytes.utf8("v"), 0);
    store.answer = request -> switch (request) {
      case dev.kvorum.store.PutRequest put -> new PutResult(8, previous);
      case dev.kvorum.store.DeleteRequest delete -> new DeleteResult(9, 1, List.of(previous));
      case dev.kvorum.store.TxnRequest txn ->
        new TxnResult(10, true, List.of(new PutResult(10, null)));
      default -> 11L;
    };

    PutResponse put = kv.put(PutRequest.newBuilder().setKey(utf8("k")).build());
    assertThat(put.getHeader()).isEqualTo(header(8));
    assertThat(put.getPrevKv().getValue()).isEqualTo(utf8("v"));
    var delete =
        kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(utf8("k")).build());
    assertThat(delete.getDeleted()).isEqualTo(1);
    assertThat(delete.getPrevKvs(0).getModRevision()).isEqualTo(3);
    var txn = kv.txn(TxnRequest.newBuilder()
        .addSuccess(RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(utf8("k"))))
        .build());
    assertThat(txn.getSucceeded()).isTrue();
    assertThat(txn.getResponses(0).getResponsePut().getHeader().getRevision()).isEqualTo(10);
    var compaction = kv.compact(
        CompactionRequest.newBuilder().setRevision(5).setPhysical(true).build());
    assertThat(compaction.getHeader()).isEqualTo(header(11));
    assertThat(store.asked).contains(new ScriptedStore.Compaction(5, true));
  }

  @Test
  void leasesAnswer() {
    store.answer = request -> switch (request) {
      case ScriptedStore.Grant grant -> new LeaseGrant(4, -7, 2);
      case ScriptedStore.Revoke revoke -> 5L;
      case ScriptedStore.TimeToLive lease ->
        new LeaseTimeToLive(6, 7, 59, 60, List.of(Bytes.utf8("k")));
      default -> new Leases(8, List.of(1L, -2L));
    };
    var leases = LeaseGrpc.newBlockingStub(channel);

    assertThat(
            leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(1).setID(-7).build()))
        .isEqualTo(LeaseGrantResponse.newBuilder()
            .setHeader(header(4))
            .setID(-7)
            .setTTL(2)
            .build());
    assertThat(
            leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(3).build()).getHeader())
        .isEqualTo(header(5));
    assertThat(leases.leaseTimeToLive(
            LeaseTimeToLiveRequest.newBuilder().setID(7).setKeys(true).build()))
        .isEqualTo(LeaseTimeToLiveResponse.newBuilder()
            .setHeader(header(6))
            .setID(7)
            .setTTL(59)
            .setGrantedTTL(60)
            .addKeys(utf8("k"))
            .build());
    assertThat(leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
        .containsExactly(
            LeaseStatus.newBuilder().setID(1).build(),
            LeaseStatus.newBuilder().setID(-2).build());
    assertThat(store.asked)
        .containsExactly(
            new ScriptedStore.Grant(1, -7),
            new ScriptedStore.Revoke(3),
            new ScriptedStore.TimeToLive(7, true),
            new ScriptedStore.ListLeases());
  }

  @Test
  void statusSaysWhatClientsSwitchFeaturesBy() {
    store.status = new StoreStatus(7, 2, 0, 3, 20, 19, 4096, 1024, true, List.of());

    StatusResponse status =
        MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());

    assertThat(status.getVersion()).isEqualTo("3.7.1");
    assertThat(status.getStorageVersion()).isEqualTo("3.7.0");
    assertThat(status.getDbSizeQuota()).isEqualTo(2147483648L);
    assertThat(status.hasDowngradeInfo()).isTrue();
    assertThat(status.getRaftIndex()).isEqualTo(20);
    assertThat(status.getRaftAppliedIndex()).isEqualTo(19);
    assertThat(status.getDbSize()).isEqualTo(4096);
    assertThat(status.getDbSizeInUse()).isEqualTo(1024);
    assertThat(status.getIsLearner()).isTrue();
    assertThat(status.getErrorsList()).containsExactly("etcdserver: no leader");
    assertThat(status.getHeader()).isEqualTo(header(7));
  }

  @Test
  void membersAreListedWithoutARevision() {
    store.answer = request -> List.of(
        new Member(0xffffffffffffffffL, "m1", List.of("http://p"), List.of("http://c"), true));

    MemberListResponse members = ClusterGrpc.newBlockingStub(channel)
        .memberList(MemberListRequest.newBuilder().setLinearizable(true).build());

    assertThat(members.getHeader()).isEqualTo(header(0));
    assertThat(members.getMembers(0).getID()).isEqualTo(-1);
    assertThat(members.getMembers(0).getClientURLsList()).containsExactly("http://c");
    assertThat(members.getMembers(0).getIsLearner()).isTrue();
    assertThat(store.asked).containsExactly(new ScriptedStore.ListMembers(true));
  }

  @Test
  void healthIsServing() {
    assertThat(HealthGrpc.newBlockingStub(channel)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void whatIsNotOfferedIsUnimplemented() {
    assertThat(refusal(() -> AuthGrpc.newBlockingStub(channel)
                .authStatus(AuthStatusRequest.getDefaultInstance()))
            .getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COMPACTED|OUT_OF_RANGE|etcdserver: mvcc: required revision has been compacted",
        "FUTURE_REVISION|OUT_OF_RANGE|etcdserver: mvcc: required revision is a future revision",
        "KEY_NOT_FOUND|INVALID_ARGUMENT|etcdserver: key not found",
        "LEASE_NOT_FOUND|NOT_FOUND|etcdserver: requested lease not found",
        "LEASE_EXISTS|FAILED_PRECONDITION|etcdserver: lease already exists",
        "LEASE_TTL_TOO_LARGE|OUT_OF_RANGE|etcdserver: too large lease TTL",
        "REQUEST_TOO_LARGE|INVALID_ARGUMENT|etcdserver: request is too large",
        "NO_SPACE|RESOURCE_EXHAUSTED|etcdserver: mvcc: database space exceeded",
        "CORRUPT|DATA_LOSS|etcdserver: corrupt cluster",
        "TOO_MANY_REQUESTS|RESOURCE_EXHAUSTED|etcdserver: too many requests",
        "NO_LEADER|UNAVAILABLE|etcdserver: no leader",
        "LEADER_CHANGED|UNAVAILABLE|etcdserver: leader changed",
        "STOPPED|UNAVAILABLE|etcdserver: server stopped",
        "DEADLINE_EXCEEDED|DEADLINE_EXCEEDED|context deadline exceeded",
        "TIMEOUT|UNAVAILABLE|etcdserver: request timed out",
        "TIMEOUT_LEADER_FAILURE|UNAVAILABLE|etcdserver: request timed out, possibly due to previous leader failure",
        "NOT_LEADER|FAILED_PRECONDITION|etcdserver: not leader",
      })
  void storeFailuresAreSaidInEtcdsWords(Kind kind, Status.Code code, String text) {
    store.answer = request -> StoreException.of(kind);

    Status refusal =
        refusal(() -> kv.put(PutRequest.newBuilder().setKey(utf8("k")).build()));

    assertThat(refusal.getCode()).isEqualTo(code);
    assertThat(refusal.getDescription()).isEqualTo(text);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyStoreFailureHasAnAnswer(Kind kind) {
    store.answer = request -> StoreException.of(kind);

    Status refusal =
        refusal(() -> kv.put(PutRequest.newBuilder().setKey(utf8("k")).build()));

    // Some of etcd's own are UNKNOWN; what nobody thought of says this.
    assertThat(refusal.getDescription()).isNotEmpty().isNotEqualTo("etcdserver: internal error");
  }

  @Test
  void whatNobodyExpectedIsNotToldToClients() {
    store.answer = request -> new IllegalStateException("secret at /var/lib");

    Status refusal =
        refusal(() -> kv.put(PutRequest.newBuilder().setKey(utf8("k")).build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(refusal.getDescription()).isEqualTo("etcdserver: internal error");
  }

  @Test
  void aRequestWithoutAKeyIsRefusedWithoutAskingTheStore() {
    Status refusal = refusal(() -> kv.put(PutRequest.getDefaultInstance()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.getDescription()).isEqualTo("etcdserver: key is not provided");
    assertThat(store.asked).isEmpty();
  }

  @Test
  void aRequestTooLargeToReplicateIsRefused() {
    Status refusal = refusal(() -> kv.put(PutRequest.newBuilder()
        .setKey(utf8("k"))
        .setValue(ByteString.copyFrom(new byte[1_600_000]))
        .build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.getDescription()).isEqualTo("etcdserver: request is too large");
  }

  @Test
  void aMessageTooLargeToReceiveIsRefusedInTheWordsOfGrpcForGo() {
    PutRequest message = PutRequest.newBuilder()
        .setKey(utf8("k"))
        .setValue(ByteString.copyFrom(new byte[2_200_000]))
        .build();

    Status refusal = refusal(() -> kv.put(message));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.getDescription())
        .isEqualTo("grpc: received message larger than max (" + message.getSerializedSize()
            + " vs. 2097152)");
  }

  @Test
  void aMessageFarTooLargeIsRefusedToo() {
    Status refusal = refusal(() -> kv.put(PutRequest.newBuilder()
        .setKey(utf8("k"))
        .setValue(ByteString.copyFrom(new byte[6_000_000]))
        .build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void compressedRequestsAreRead() {
    store.answer = request -> new PutResult(8, null);

    kv.withCompression("gzip")
        .put(PutRequest.newBuilder()
            .setKey(utf8("k"))
            .setValue(ByteString.copyFrom(new byte[100_000]))
            .build());

    assertThat(store.asked)
        .containsExactly(
            dev.kvorum.store.PutRequest.of(Bytes.utf8("k"), Bytes.wrap(new byte[100_000])));
  }

  @Test
  void aCompressedMessageThatIsTooLargeIsRefused() {
    Status refusal = refusal(() -> kv.withCompression("gzip")
        .put(PutRequest.newBuilder()
            .setKey(utf8("k"))
            .setValue(ByteString.copyFrom(new byte[3_000_000]))
            .build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    for (byte[] garbage : List.of(new byte[] {10, 5, 1}, new byte[] {-1}, new byte[] {0, 0})) {
      for (String method :
          List.of("KV/Range", "KV/Put", "KV/Txn", "KV/Compact", "Lease/LeaseGrant")) {
        Status refusal = refusal(() -> call("etcdserverpb." + method, garbage));

        assertThat(refusal.getCode()).as(method).isEqualTo(Status.Code.INTERNAL);
        assertThat(refusal.getDescription()).startsWith("grpc: error unmarshalling request: ");
      }
    }
  }

  @Test
  void whoRequiresALeaderIsToldThatThereIsNone() {
    store.answer = request -> new PutResult(8, null);
    store.leaderlessMillis = 1;
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");

    Status refusal =
        refusal(() -> kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .put(PutRequest.newBuilder().setKey(utf8("k")).build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refusal.getDescription()).isEqualTo("etcdserver: no leader");
    assertThat(kv.put(PutRequest.newBuilder().setKey(utf8("k")).build())).isNotNull();
  }

  @Test
  void aLearnerServesReadsAndStatusOnly() throws IOException {
    store.status = new StoreStatus(7, 2, 1, 3, 20, 19, 4096, 1024, true, List.of());
    store.answer = request -> new RangeResult(7, List.of(), false, 0);
    server.close();
    start();

    Status refusal =
        refusal(() -> kv.put(PutRequest.newBuilder().setKey(utf8("k")).build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(refusal.getDescription()).isEqualTo("etcdserver: rpc not supported for learner");
    RangeRequest range = RangeRequest.newBuilder().setKey(utf8("k")).build();
    assertThat(refusal(() -> kv.range(range)).getDescription())
        .isEqualTo("etcdserver: rpc not supported for learner");
    assertThat(kv.range(range.toBuilder().setSerializable(true).build())).isNotNull();
  }

  @Test
  void anAbandonedCallDoesNotDisturbItsConnection() {
    CompletableFuture<Object> never = new CompletableFuture<>();
    store.answer = request -> never;
    Status refusal = refusal(() -> kv.withDeadlineAfter(50, TimeUnit.MILLISECONDS)
        .put(PutRequest.newBuilder().setKey(utf8("k")).build()));
    assertThat(refusal.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);

    never.complete(new PutResult(8, null));
    store.answer = request -> new PutResult(9, null);

    assertThat(kv.put(PutRequest.newBuilder().setKey(utf8("k")).build())
            .getHeader()
            .getRevision())
        .isEqualTo(9);
  }

  @Test
  void anyAuthorityIsAccepted() {
    store.answer = request -> new PutResult(8, null);
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(server.clientAddresses().get(0)).usePlaintext();
    InternalNettyChannelBuilder.disableCheckAuthority(builder);
    ManagedChannel odd =
        builder.overrideAuthority("#initially=[http://a:2379;http://b:2379]").build();
    try {
      assertThat(KVGrpc.newBlockingStub(odd)
              .put(PutRequest.newBuilder().setKey(utf8("k")).build()))
          .isNotNull();
    } finally {
      odd.shutdownNow();
    }
  }

  private void call(String method, byte[] message) {
    ClientCalls.blockingUnaryCall(
        channel,
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .setRequestMarshaller(new Raw())
            .setResponseMarshaller(new Raw())
            .build(),
        CallOptions.DEFAULT,
        message);
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Status refusal(ThrowingCallable call) {
    Status[] status = {Status.OK};
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, failure -> status[0] = failure.getStatus());
    return status[0];
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(ScriptedStore.IDENTITY.clusterId())
        .setMemberId(ScriptedStore.IDENTITY.memberId())
        .setRevision(revision)
        .setRaftTerm(3)
        .build();
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
