package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/**
 * What no correct client sends, sent to a real etcd and to the server under test as raw bytes. Where the server under
 * test means to answer something else, the row says what and why.
 */
class BadInputIT {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");
  private static final int KIB = 1024;

  /**
   * One request.
   *
   * @param agree whether the oracle's and the subject's answer are as they should be
   */
  private record Row(
      String name,
      MethodDescriptor<?, ?> method,
      ByteString request,
      BiPredicate<Answer, Answer> agree) {}

  @Test
  void badInputIsAnsweredAsEtcdDoes() throws Exception {
    Subject.Factory etcd = EtcdProcess.etcd(Peers.etcdOrSkip());
    try (Subject oracle = etcd.start();
        Subject subject = Subjects.fromProperties().start();
        Endpoint first = new Endpoint(oracle.address(), 1, List.of());
        Endpoint second = new Endpoint(subject.address(), 1, List.of())) {
      List<String> differences = new ArrayList<>();
      for (Row row : rows()) {
        Answer ours = call(first, row);
        Answer theirs = call(second, row);
        if (!row.agree().test(ours, theirs)) {
          differences.add(row.name() + "\n    oracle:  " + ours + "\n    subject: " + theirs);
        }
        // A server that took offence may still serve others.
        assertThat(oracle.lastWords()).as(row.name()).isEmpty();
        assertThat(subject.lastWords()).as(row.name()).isEmpty();
      }
      assertThat(differences).isEmpty();
    }
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    malformed(rows);
    sizes(rows);
    enums(rows);
    txns(rows);
    methods(rows);
    // The store is as it was, and revisions agree.
    rows.add(row("range of everything at the end", KVGrpc.getRangeMethod(), keysOnly()));
    return rows;
  }

  /** Bytes that are not the message; the code must agree, the text is the decoder's own. */
  private static void malformed(List<Row> rows) {
    MethodDescriptor<?, ?> put = KVGrpc.getPutMethod();
    rows.add(new Row("nothing at all", put, ByteString.EMPTY, Answer::equals));
    rows.add(new Row("length past the end", put, bytes(0x0a, 0x05, 'a'), BadInputIT::sameCode));
    rows.add(new Row("field number zero", put, bytes(0x02, 0x01, 'a'), BadInputIT::sameCode));
    rows.add(new Row("varint without end", put, bytes(0x18, 0xff, 0xff), BadInputIT::sameCode));
    rows.add(new Row("end of no group", put, bytes(0x0c), BadInputIT::sameCode));
    rows.add(new Row(
        "varint of eleven bytes",
        put,
        bytes(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
        BadInputIT::sameCode));
    rows.add(new Row(
        "unknown field", put, bytes(0x0a, 0x01, 'k', 0xfa, 0x01, 0x01, 'x'), BadInputIT::alike));
    rows.add(new Row(
        "last of a repeated scalar wins",
        put,
        bytes(0x0a, 0x01, 'j', 0x0a, 0x01, 'k'),
        BadInputIT::alike));
    rows.add(new Row(
        "txn with a malformed op",
        KVGrpc.getTxnMethod(),
        bytes(0x12, 0x04, 0x12, 0x05, 0x0a, 0x01),
        BadInputIT::sameCode));
  }

  private static void sizes(List<Row> rows) {
    for (int size : List.of(1500 * KIB, 1535 * KIB, 1537 * KIB, 1600 * 1000, 2047 * KIB)) {
      rows.add(row("value of " + size, KVGrpc.getPutMethod(), put(size)));
    }
    rows.add(row("value of 2.2 MB", KVGrpc.getPutMethod(), put(2_200_000)));
    rows.add(row("value of exactly too much for gRPC", KVGrpc.getPutMethod(), put(2048 * KIB)));
    rows.add(row(
        "txn of two values that fit one by one",
        KVGrpc.getTxnMethod(),
        TxnRequest.newBuilder()
            .addSuccess(op(put(900 * KIB)))
            .addSuccess(op(
                put(900 * KIB).toBuilder().setKey(ByteString.copyFromUtf8("l")).build()))
            .build()));
    rows.add(row(
        "txn too large only in the branch not taken",
        KVGrpc.getTxnMethod(),
        TxnRequest.newBuilder().addFailure(op(put(1600 * 1000))).build()));
    rows.add(row(
        "key of 1.6 MB to read",
        KVGrpc.getRangeMethod(),
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1600 * 1000]))
            .build()));
    rows.add(row(
        "key of 1.6 MB to delete",
        KVGrpc.getDeleteRangeMethod(),
        DeleteRangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1600 * 1000]))
            .build()));
  }

  private static void enums(List<Row> rows) {
    for (int number : List.of(5, 9, -1, Integer.MAX_VALUE)) {
      RangeRequest order =
          RangeRequest.newBuilder().setKey(KEY).setSortOrderValue(number).build();
      RangeRequest target =
          RangeRequest.newBuilder().setKey(KEY).setSortTargetValue(number).build();
      rows.add(row("sort order " + number, KVGrpc.getRangeMethod(), order));
      rows.add(row("sort target " + number, KVGrpc.getRangeMethod(), target));
      rows.add(txn(
          "sort order " + number + " not taken", TxnRequest.newBuilder().addFailure(op(order))));
      unknownCompare(rows, number, Compare.newBuilder().setKey(KEY).setTargetValue(number));
      unknownCompare(rows, number, Compare.newBuilder().setKey(KEY).setResultValue(number));
    }
  }

  private static void unknownCompare(List<Row> rows, int number, Compare.Builder compare) {
    TxnRequest txn = TxnRequest.newBuilder()
        .addCompare(compare)
        .addSuccess(op(RangeRequest.newBuilder().setKey(KEY).build()))
        .build();
    rows.add(knownTxn("compare with number " + number, txn));
  }

  private static void txns(List<Row> rows) {
    RequestOp nothing = RequestOp.getDefaultInstance();
    RequestOp get = op(RangeRequest.newBuilder().setKey(KEY).build());
    rows.add(txn("op of no kind", TxnRequest.newBuilder().addSuccess(nothing)));
    rows.add(txn("op of no kind not taken", TxnRequest.newBuilder().addFailure(nothing)));
    rows.add(
        txn("op of no kind nested", TxnRequest.newBuilder().addSuccess(nested(List.of(nothing)))));
    rows.add(txn("128 ops", TxnRequest.newBuilder().addAllSuccess(copies(get, 128))));
    rows.add(txn("129 ops", TxnRequest.newBuilder().addAllSuccess(copies(get, 129))));
    rows.add(txn("129 ops not taken", TxnRequest.newBuilder().addAllFailure(copies(get, 129))));
    for (int count : List.of(127, 128)) {
      rows.add(txn(
          "1 op that is " + count, TxnRequest.newBuilder().addSuccess(nested(copies(get, count)))));
      rows.add(txn(
          "1 op, 2 compares, that is " + count,
          TxnRequest.newBuilder()
              .addCompare(Compare.newBuilder().setKey(KEY))
              .addCompare(Compare.newBuilder().setKey(KEY))
              .addSuccess(nested(copies(get, count - 1)))));
    }
    rows.add(txn("64 levels", TxnRequest.newBuilder().addSuccess(deep(63, get))));
    rows.add(txn("129 levels", TxnRequest.newBuilder().addSuccess(deep(128, get))));
    rows.add(
        txn("compare without a key", TxnRequest.newBuilder().addCompare(Compare.newBuilder())));
    rows.add(txn("nothing", TxnRequest.newBuilder()));
    rows.add(txn(
        "put twice, nested in both branches",
        TxnRequest.newBuilder()
            .addSuccess(nested(List.of(op(put(1)))))
            .addSuccess(RequestOp.newBuilder()
                .setRequestTxn(TxnRequest.newBuilder().addFailure(op(put(1)))))));
    RequestOp toTheEnd = RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(KEY).setRangeEnd(Keys.ZERO))
        .build();
    rows.add(knownTxn(
        "put in a delete to the end of all keys",
        Requests.neverTaken(
            TxnRequest.newBuilder().addSuccess(toTheEnd).addSuccess(op(put(1))).build())));
    rows.add(knownTxn(
        "put in one nested txn, delete in the next",
        Requests.neverTaken(TxnRequest.newBuilder()
            .addSuccess(nested(List.of(op(put(1)))))
            .addSuccess(nested(List.of(toTheEnd.toBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(KEY))
                .build())))
            .build())));
  }

  private static void methods(List<Row> rows) {
    for (String name : List.of("etcdserverpb.KV/Nope", "etcdserverpb.Nope/Nope")) {
      MethodDescriptor<?, ?> method =
          KVGrpc.getPutMethod().toBuilder().setFullMethodName(name).build();
      rows.add(new Row(name, method, ByteString.EMPTY, BadInputIT::sameCode));
    }
  }

  private static boolean alike(Answer oracle, Answer subject) {
    return normalize(oracle).equals(normalize(subject));
  }

  private static boolean sameCode(Answer oracle, Answer subject) {
    return code(oracle) == code(subject);
  }

  private static Status.Code code(Answer answer) {
    return answer instanceof Answer.Failure failure ? failure.code() : Status.Code.OK;
  }

  private static Answer normalize(Answer answer) {
    return answer instanceof Answer.Reply reply
        ? new Answer.Reply(new Symbols.Side().normalize(reply.message()))
        : answer;
  }

  /** Sends the bytes as they are. */
  private static Answer call(Endpoint endpoint, Row row) {
    MethodDescriptor<ByteString, Message> raw = MethodDescriptor.<ByteString, Message>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(row.method().getFullMethodName())
        .setRequestMarshaller(new AsIs())
        .setResponseMarshaller(ProtoUtils.marshaller(answerType(row.method())))
        .build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
    try {
      return new Answer.Reply(
          ClientCalls.blockingUnaryCall(endpoint.channel(0), raw, options, row.request()));
    } catch (StatusRuntimeException failure) {
      return Answer.Failure.of(failure);
    }
  }

  private static Message answerType(MethodDescriptor<?, ?> method) {
    MethodDescriptor.PrototypeMarshaller<?> marshaller =
        (MethodDescriptor.PrototypeMarshaller<?>) method.getResponseMarshaller();
    Object prototype = marshaller.getMessagePrototype();
    if (prototype instanceof Message message) {
      return message;
    }
    throw new IllegalArgumentException(method.getFullMethodName() + " has no message to answer");
  }

  private static Row row(String name, MethodDescriptor<?, ?> method, Message request) {
    return new Row(name, method, request.toByteString(), BadInputIT::alike);
  }

  private static Row txn(String name, TxnRequest.Builder txn) {
    return row("txn: " + name, KVGrpc.getTxnMethod(), txn.build());
  }

  /** A txn that the server under test may answer differently, as listed. */
  private static Row knownTxn(String name, TxnRequest txn) {
    return new Row(
        name,
        KVGrpc.getTxnMethod(),
        txn.toByteString(),
        (oracle, subject) ->
            alike(oracle, subject) || new KnownDifferences().explains(txn, oracle, subject));
  }

  private static PutRequest put(int size) {
    return PutRequest.newBuilder()
        .setKey(KEY)
        .setValue(ByteString.copyFrom(new byte[size]))
        .build();
  }

  private static RangeRequest keysOnly() {
    return RangeRequest.newBuilder()
        .setKey(Keys.ZERO)
        .setRangeEnd(Keys.ZERO)
        .setKeysOnly(true)
        .build();
  }

  private static RequestOp op(PutRequest put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static RequestOp op(RangeRequest range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static RequestOp nested(List<RequestOp> ops) {
    return RequestOp.newBuilder()
        .setRequestTxn(TxnRequest.newBuilder().addAllSuccess(ops))
        .build();
  }

  private static RequestOp deep(int levels, RequestOp innermost) {
    RequestOp op = innermost;
    for (int i = 0; i < levels; i++) {
      op = nested(List.of(op));
    }
    return op;
  }

  private static List<RequestOp> copies(RequestOp op, int count) {
    return java.util.Collections.nCopies(count, op);
  }

  private static ByteString bytes(int... values) {
    return Keys.bytes(values);
  }

  private static final class AsIs implements MethodDescriptor.Marshaller<ByteString> {
    @Override
    public InputStream stream(ByteString value) {
      return value.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      try {
        return ByteString.readFrom(stream);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
