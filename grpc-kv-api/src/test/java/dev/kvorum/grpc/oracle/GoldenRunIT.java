package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One short life of a fresh store, call by call, with every answer written down. */
class GoldenRunIT {
  private static final ByteString ALL = Keys.ZERO;

  private record Row(MethodDescriptor<?, ?> method, Message request, String answer) {}

  @Test
  void etcdLivesItAsWrittenDown() throws Exception {
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start()) {
      live(etcd);
    }
  }

  @Test
  void theEtcdBeforeLivesItToo() throws Exception {
    try (Subject etcd = EtcdProcess.etcd(Peers.earlierEtcdOrSkip()).start()) {
      live(etcd);
    }
  }

  @Test
  void theServerUnderTestLivesItAsWrittenDown() throws Exception {
    Subject.Factory servers = Subjects.fromPropertiesOrSkip();
    try (Subject server = servers.start()) {
      live(server);
    }
  }

  private static void live(Subject server) throws Exception {
    try (Endpoint endpoint = new Endpoint(server.address(), 1, List.of())) {
      List<String> expected = new ArrayList<>();
      List<String> actual = new ArrayList<>();
      int number = 0;
      for (Row row : rows()) {
        String call = ++number + " " + row.method().getBareMethodName() + " -> ";
        Answer answer = endpoint.call(0, row.method(), row.request()).get(60, TimeUnit.SECONDS);
        expected.add(call + row.answer());
        actual.add(call + Notation.of(answer));
      }
      assertThat(actual).as(server.name()).containsExactlyElementsOf(expected);
      watch(endpoint);
    }
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(range(get("a"), "rev=1 kvs=[]"));
    rows.add(put(kv("a", "1"), "rev=2"));
    rows.add(put(kv("a", "1").setPrevKv(true), "rev=3 prev=a(c2 m2 v1 =1)"));
    rows.add(put(kv("b", "2"), "rev=4"));
    rows.add(delete(gone("zz"), "rev=4"));
    rows.add(delete(gone("a").setPrevKv(true), "rev=5 deleted=1 prev=[a(c2 m3 v2 =1)]"));
    rows.add(put(kv("a", "3"), "rev=6"));
    rows.add(range(all(), "rev=6 count=2 kvs=[a(c6 m6 v1 =3), b(c4 m4 v1 =2)]"));
    rows.add(range(all().setRevision(3), "rev=6 count=1 kvs=[a(c2 m3 v2 =1)]"));
    rows.add(range(all().setLimit(1), "rev=6 count=2 more kvs=[a(c6 m6 v1 =3)]"));
    rows.add(range(all().setCountOnly(true).setLimit(1), "rev=6 count=2 kvs=[]"));
    rows.add(range(all().setMinModRevision(6), "rev=6 count=2 kvs=[a(c6 m6 v1 =3)]"));
    rows.add(range(get("a").setRevision(99), FUTURE));
    TxnRequest.Builder createN = TxnRequest.newBuilder()
        .addCompare(Compare.newBuilder()
            .setKey(key("n"))
            .setTarget(Compare.CompareTarget.CREATE)
            .setCreateRevision(0))
        .addSuccess(op(kv("n", "1")))
        .addSuccess(op(get("n")))
        .addSuccess(op(gone("b")))
        .addSuccess(op(get("b")))
        .addSuccess(op(kv("m", "2")))
        .addFailure(op(get("n")));
    rows.add(txn(
        createN,
        "rev=7 succeeded=true responses=[put(rev=7), range(rev=7 count=1 kvs=[n(c7 m7 v1 =1)]),"
            + " delete(rev=7 deleted=1), range(rev=7 kvs=[]), put(rev=7)]"));
    rows.add(txn(
        createN, "rev=7 succeeded=false responses=[range(rev=7 count=1 kvs=[n(c7 m7 v1 =1)])]"));
    rows.add(
        txn(
            TxnRequest.newBuilder().addSuccess(op(gone("zz"))).addSuccess(op(get("a"))),
            "rev=7 succeeded=true responses=[delete(rev=7), range(rev=7 count=1 kvs=[a(c6 m6 v1 =3)])]"));
    rows.add(txn(
        TxnRequest.newBuilder()
            .addCompare(Compare.newBuilder()
                .setKey(key("missing"))
                .setTarget(Compare.CompareTarget.VALUE)
                .setResult(Compare.CompareResult.NOT_EQUAL)
                .setValue(key("x")))
            .addSuccess(op(kv("t", "1"))),
        "rev=7 succeeded=false responses=[]"));
    rows.add(txn(
        TxnRequest.newBuilder()
            .addSuccess(op(kv("p", "1")))
            .addSuccess(RequestOp.newBuilder()
                .setRequestTxn(TxnRequest.newBuilder()
                    .addCompare(Compare.newBuilder()
                        .setKey(key("p"))
                        .setTarget(Compare.CompareTarget.VERSION)
                        .setVersion(0))
                    .addSuccess(op(kv("q", "1")))
                    .addSuccess(op(get("p"))))),
        "rev=8 succeeded=true responses=[put(rev=8), txn(rev=0 succeeded=true"
            + " responses=[put(rev=8), range(rev=8 count=1 kvs=[p(c8 m8 v1 =1)])])]"));
    rows.add(txn(
        TxnRequest.newBuilder().addSuccess(op(kv("d", "1"))).addSuccess(op(kv("d", "2"))),
        DUPLICATE));
    rows.add(txn(
        TxnRequest.newBuilder()
            .addSuccess(op(kv("d", "1")))
            .addSuccess(op(gone("c").setRangeEnd(key("e")))),
        DUPLICATE));
    rows.add(txn(TxnRequest.newBuilder().addSuccess(op(kv("s", "1").setLease(5))), NO_LEASE));
    leaseRows(rows);
    rows.add(compact(7, "rev=12"));
    rows.add(compact(7, COMPACTED));
    rows.add(compact(100, FUTURE));
    rows.add(range(get("a").setRevision(6), COMPACTED));
    rows.add(range(get("a").setRevision(7), "rev=12 count=1 kvs=[a(c6 m6 v1 =3)]"));
    rows.add(put(
        PutRequest.newBuilder().setKey(key("none")).setIgnoreValue(true),
        "INVALID_ARGUMENT \"etcdserver: key not found\""));
    rows.add(put(kv("", "1"), "INVALID_ARGUMENT \"etcdserver: key is not provided\""));
    return rows;
  }

  private static void leaseRows(List<Row> rows) {
    rows.add(grant(60, 16, "rev=8 TTL=60 ID=16"));
    rows.add(grant(0, 18, "rev=8 TTL=2 ID=18"));
    rows.add(grant(60, 16, "FAILED_PRECONDITION \"etcdserver: lease already exists\""));
    rows.add(put(kv("y", "1").setLease(16), "rev=9"));
    rows.add(put(kv("x", "1").setLease(16), "rev=10"));
    rows.add(put(
        PutRequest.newBuilder().setKey(key("y")).setIgnoreValue(true).setIgnoreLease(true),
        "rev=11"));
    LeaseTimeToLiveRequest left =
        LeaseTimeToLiveRequest.newBuilder().setID(16).setKeys(true).build();
    rows.add(new Row(
        LeaseGrpc.getLeaseTimeToLiveMethod(),
        left,
        "rev=11 TTL=alive ID=16 granted=60 keys=[x, y]"));
    LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(16).build();
    rows.add(new Row(LeaseGrpc.getLeaseRevokeMethod(), revoke, "rev=12"));
    rows.add(new Row(LeaseGrpc.getLeaseRevokeMethod(), revoke, NO_LEASE));
    rows.add(new Row(
        LeaseGrpc.getLeaseTimeToLiveMethod(), left, "rev=12 TTL=-1 ID=16 granted=0 keys=[]"));
  }

  /** Three watchers on one stream, over what the rows left. */
  private static void watch(Endpoint endpoint) {
    try (WatchTape tape = new WatchTape(endpoint.channel(0))) {
      WatchTape.Watcher everything = create(
          tape,
          "id 0 rev=12 created",
          WatchCreateRequest.newBuilder()
              .setKey(ALL)
              .setRangeEnd(ALL)
              .setStartRevision(7)
              .setPrevKv(true));
      WatchTape.Watcher compacted = create(
          tape,
          "id 1 rev=12 created",
          WatchCreateRequest.newBuilder().setKey(key("a")).setStartRevision(3));
      WatchTape.Watcher putsOfY = create(
          tape,
          "id 2 rev=12 created",
          WatchCreateRequest.newBuilder()
              .setKey(key("y"))
              .setStartRevision(8)
              .addFilters(WatchCreateRequest.FilterType.NODELETE));

      assertThat(control(tape.awaitCompacted(compacted)))
          .isEqualTo("id 1 rev=0 canceled compacted=7");
      assertThat(events(tape, putsOfY, 2))
          .containsExactly("put y(c9 m9 v1 =1 L16)", "put y(c9 m11 v2 =1 L16)");
      assertThat(events(tape, everything, 10))
          .containsExactly(
              "put n(c7 m7 v1 =1)",
              "delete b(c0 m7 v0 =)",
              "put m(c7 m7 v1 =2)",
              "put p(c8 m8 v1 =1)",
              "put q(c8 m8 v1 =1)",
              "put y(c9 m9 v1 =1 L16)",
              "put x(c10 m10 v1 =1 L16)",
              "put y(c9 m11 v2 =1 L16) prev y(c9 m9 v1 =1 L16)",
              "delete x(c0 m12 v0 =) prev x(c10 m10 v1 =1 L16)",
              "delete y(c0 m12 v0 =) prev y(c9 m11 v2 =1 L16)");

      tape.cancel(1);
      assertThat(control(tape.awaitCanceled(compacted))).isEqualTo("id 1 rev=12 canceled");
      tape.cancel(0);
      assertThat(control(tape.awaitCanceled(everything))).isEqualTo("id 0 rev=12 canceled");
      int before = tape.progressAnswers();
      tape.requestProgress();
      assertThat(tape.awaitProgress(before, WatchTape.BOUND_MILLIS)).isTrue();
      assertThat(tape.violations()).isEmpty();
    }
  }

  private static WatchTape.Watcher create(
      WatchTape tape, String answer, WatchCreateRequest.Builder request) {
    tape.create(request.build());
    WatchTape.Created created = Objects.requireNonNull(tape.awaitCreated(), "created in time");
    assertThat(control(created.response())).isEqualTo(answer);
    return Objects.requireNonNull(created.watcher(), "not refused");
  }

  private static String control(@Nullable WatchResponse response) {
    return response == null ? "no answer" : Notation.control(response);
  }

  /** At the compact revision, what was there before may be known or not. */
  private static List<String> events(WatchTape tape, WatchTape.Watcher watcher, int count) {
    tape.awaitEvents(watcher, count);
    return tape.events(watcher, 0).stream()
        .map(event -> event.getKv().getModRevision() == 7
            ? event.toBuilder().clearPrevKv().build()
            : event)
        .map((Event event) -> Notation.of(event))
        .toList();
  }

  private static final String COMPACTED =
      "OUT_OF_RANGE \"etcdserver: mvcc: required revision has been compacted\"";
  private static final String FUTURE =
      "OUT_OF_RANGE \"etcdserver: mvcc: required revision is a future revision\"";
  private static final String DUPLICATE =
      "INVALID_ARGUMENT \"etcdserver: duplicate key given in txn request\"";
  private static final String NO_LEASE = "NOT_FOUND \"etcdserver: requested lease not found\"";

  private static ByteString key(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static RangeRequest.Builder get(String key) {
    return RangeRequest.newBuilder().setKey(key(key));
  }

  private static RangeRequest.Builder all() {
    return RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL);
  }

  private static PutRequest.Builder kv(String key, String value) {
    return PutRequest.newBuilder().setKey(key(key)).setValue(key(value));
  }

  private static DeleteRangeRequest.Builder gone(String key) {
    return DeleteRangeRequest.newBuilder().setKey(key(key));
  }

  private static RequestOp op(RangeRequest.Builder range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static RequestOp op(PutRequest.Builder put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static RequestOp op(DeleteRangeRequest.Builder delete) {
    return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
  }

  private static Row range(RangeRequest.Builder range, String answer) {
    return new Row(KVGrpc.getRangeMethod(), range.build(), answer);
  }

  private static Row put(PutRequest.Builder put, String answer) {
    return new Row(KVGrpc.getPutMethod(), put.build(), answer);
  }

  private static Row delete(DeleteRangeRequest.Builder delete, String answer) {
    return new Row(KVGrpc.getDeleteRangeMethod(), delete.build(), answer);
  }

  private static Row txn(TxnRequest.Builder txn, String answer) {
    return new Row(KVGrpc.getTxnMethod(), txn.build(), answer);
  }

  private static Row compact(long revision, String answer) {
    CompactionRequest request =
        CompactionRequest.newBuilder().setRevision(revision).build();
    return new Row(KVGrpc.getCompactMethod(), request, answer);
  }

  private static Row grant(long ttl, long id, String answer) {
    LeaseGrantRequest request =
        LeaseGrantRequest.newBuilder().setTTL(ttl).setID(id).build();
    return new Row(LeaseGrpc.getLeaseGrantMethod(), request, answer);
  }
}
