package dev.kvorum.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.DeleteRangeResponse;
import dev.kvorum.proto.etcd.PutResponse;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.ResponseOp;
import dev.kvorum.proto.etcd.TxnResponse;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.TxnResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is spliced is, byte for byte, what protobuf would have written. */
class KvResponsesTest {
  private static final StoreIdentity IDENTITY =
      new StoreIdentity(0xb55fa47a0215546eL, 0x8000000000000001L, "m1");
  private static final long TERM = 300;

  private final KvResponses responses = new KvResponses(IDENTITY);

  @Test
  void headerOfANestedTxnIsPresentAndEmpty() throws Exception {
    TxnResult inner = new TxnResult(0, true, List.of(new PutResult(9, null)));
    TxnResult outer = new TxnResult(9, true, List.of(inner));

    TxnResponse response = TxnResponse.parseFrom(responses.txn(outer, TERM).toByteArray());

    TxnResponse nested = response.getResponses(0).getResponseTxn();
    assertThat(nested.hasHeader()).isTrue();
    assertThat(nested.getHeader()).isEqualTo(ResponseHeader.getDefaultInstance());
    assertThat(nested.getResponses(0).getResponsePut().getHeader())
        .isEqualTo(ResponseHeader.newBuilder().setRevision(9).build());
    assertThat(response.getHeader().getMemberId()).isEqualTo(IDENTITY.memberId());
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void splicedResponsesAreWhatProtobufWrites(long seed) throws IOException {
    Random random = new Random(seed);
    RangeResult range = randomRange(random);
    PutResult put = randomPut(random);
    DeleteResult delete = randomDelete(random);
    TxnResult txn = randomTxn(random, 3, random.nextLong(1, Long.MAX_VALUE));

    assertSame(
        responses.range(range, TERM),
        body(range).toBuilder().setHeader(header(range.revision())).build().toByteArray());
    assertSame(
        responses.put(put, TERM),
        body(put).toBuilder().setHeader(header(put.revision())).build().toByteArray());
    assertSame(
        responses.delete(delete, TERM),
        body(delete).toBuilder().setHeader(header(delete.revision())).build().toByteArray());
    assertSame(
        responses.txn(txn, TERM),
        body(txn).toBuilder().setHeader(header(txn.revision())).build().toByteArray());
    assertSame(
        responses.headerOnly(seed, TERM),
        PutResponse.newBuilder().setHeader(header(seed)).build().toByteArray());
  }

  static List<Long> seeds() {
    return IntStream.range(0, 200).mapToObj(Long::valueOf).toList();
  }

  private static void assertSame(Splice splice, byte[] expected) throws IOException {
    ByteArrayOutputStream drained = new ByteArrayOutputStream();
    splice.writeTo(drained);

    assertThat(splice.size()).isEqualTo(expected.length);
    assertThat(drained.toByteArray()).isEqualTo(expected);
    assertThat(splice.toByteArray()).isEqualTo(expected);
  }

  private static KeyValue randomKeyValue(Random random) {
    byte[] key = new byte[1 + random.nextInt(40)];
    byte[] value = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(40_000)];
    random.nextBytes(key);
    random.nextBytes(value);
    return KeyValue.of(
        Bytes.wrap(key),
        random.nextLong(1000),
        random.nextLong(1, Long.MAX_VALUE),
        random.nextInt(5),
        Bytes.wrap(value),
        random.nextBoolean() ? 0 : random.nextLong());
  }

  private static List<KeyValue> randomKeyValues(Random random) {
    return IntStream.range(0, random.nextInt(5))
        .mapToObj(i -> randomKeyValue(random))
        .toList();
  }

  private static RangeResult randomRange(Random random) {
    return new RangeResult(
        random.nextLong(1, Long.MAX_VALUE),
        randomKeyValues(random),
        random.nextBoolean(),
        random.nextInt(3) * random.nextLong(1 << 20));
  }

  private static PutResult randomPut(Random random) {
    return new PutResult(
        random.nextLong(1, 1 << 20), random.nextBoolean() ? null : randomKeyValue(random));
  }

  private static DeleteResult randomDelete(Random random) {
    return new DeleteResult(
        random.nextLong(1, 1 << 20), random.nextInt(300), randomKeyValues(random));
  }

  private static TxnResult randomTxn(Random random, int depth, long revision) {
    List<OpResult> results = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      results.add(
          switch (random.nextInt(depth == 0 ? 3 : 4)) {
            case 0 -> randomRange(random);
            case 1 -> randomPut(random);
            case 2 -> randomDelete(random);
            default -> randomTxn(random, depth - 1, 0);
          });
    }
    return new TxnResult(revision, random.nextBoolean(), results);
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(IDENTITY.clusterId())
        .setMemberId(IDENTITY.memberId())
        .setRevision(revision)
        .setRaftTerm(TERM)
        .build();
  }

  private static ResponseHeader nestedHeader(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  private static dev.kvorum.proto.etcd.KeyValue message(KeyValue keyValue) {
    return dev.kvorum.proto.etcd.KeyValue.newBuilder()
        .setKey(ByteString.copyFrom(keyValue.key().toByteArray()))
        .setCreateRevision(keyValue.createRevision())
        .setModRevision(keyValue.modRevision())
        .setVersion(keyValue.version())
        .setValue(ByteString.copyFrom(keyValue.value().toByteArray()))
        .setLease(keyValue.lease())
        .build();
  }

  private static RangeResponse body(RangeResult result) {
    return RangeResponse.newBuilder()
        .addAllKvs(result.keyValues().stream().map(KvResponsesTest::message).toList())
        .setMore(result.more())
        .setCount(result.count())
        .build();
  }

  private static PutResponse body(PutResult result) {
    PutResponse.Builder response = PutResponse.newBuilder();
    KeyValue prevKv = result.prevKv();
    if (prevKv != null) {
      response.setPrevKv(message(prevKv));
    }
    return response.build();
  }

  private static DeleteRangeResponse body(DeleteResult result) {
    return DeleteRangeResponse.newBuilder()
        .setDeleted(result.deleted())
        .addAllPrevKvs(result.prevKvs().stream().map(KvResponsesTest::message).toList())
        .build();
  }

  private static TxnResponse body(TxnResult result) {
    TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(result.succeeded());
    for (OpResult each : result.results()) {
      ResponseOp.Builder op = response.addResponsesBuilder();
      switch (each) {
        case RangeResult range ->
          op.setResponseRange(body(range).toBuilder().setHeader(nestedHeader(range.revision())));
        case PutResult put ->
          op.setResponsePut(body(put).toBuilder().setHeader(nestedHeader(put.revision())));
        case DeleteResult delete ->
          op.setResponseDeleteRange(
              body(delete).toBuilder().setHeader(nestedHeader(delete.revision())));
        case TxnResult txn -> op.setResponseTxn(body(txn).toBuilder().setHeader(nestedHeader(0)));
      }
    }
    return response.build();
  }
}
