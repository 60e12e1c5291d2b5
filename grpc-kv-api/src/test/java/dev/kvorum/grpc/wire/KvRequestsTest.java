package dev.kvorum.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare.Relation;
import dev.kvorum.store.Compare.Target;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.RangeRequest.SortOrder;
import dev.kvorum.store.RangeRequest.SortTarget;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KvRequestsTest {
  private static final String EMPTY_KEY = "etcdserver: key is not provided";
  private static final String BAD_SORT = "etcdserver: invalid sort option";
  private static final String TOO_MANY = "etcdserver: too many operations in txn request";
  private static final String DUPLICATE = "etcdserver: duplicate key given in txn request";
  private static final String BAD_COMPARE = "etcdserver: invalid compare option";

  private final KvRequests requests = new KvRequests(128);

  @Test
  void everyFieldOfARangeArrives() throws Exception {
    RangeRequest message = RangeRequest.newBuilder()
        .setKey(utf8("a"))
        .setRangeEnd(utf8("z"))
        .setLimit(1)
        .setRevision(-2)
        .setSortOrder(RangeRequest.SortOrder.DESCEND)
        .setSortTarget(RangeRequest.SortTarget.VALUE)
        .setSerializable(true)
        .setKeysOnly(true)
        .setCountOnly(true)
        .setMinModRevision(3)
        .setMaxModRevision(4)
        .setMinCreateRevision(5)
        .setMaxCreateRevision(6)
        .build();

    assertThat(requests.range(message.toByteArray()))
        .isEqualTo(new dev.kvorum.store.RangeRequest(
            new KeyRange(Bytes.utf8("a"), Bytes.utf8("z")),
            -2,
            1,
            SortOrder.DESCEND,
            SortTarget.VALUE,
            true,
            true,
            true,
            3,
            4,
            5,
            6));
  }

  @Test
  void everyFieldOfAPutArrives() throws Exception {
    PutRequest message = PutRequest.newBuilder()
        .setKey(utf8("k"))
        .setValue(utf8("v"))
        .setLease(-5)
        .setPrevKv(true)
        .build();

    assertThat(requests.put(message.toByteArray()))
        .isEqualTo(new dev.kvorum.store.PutRequest(
            Bytes.utf8("k"), Bytes.utf8("v"), -5, true, false, false));
    assertThat(requests.put(PutRequest.newBuilder()
            .setKey(utf8("k"))
            .setIgnoreValue(true)
            .setIgnoreLease(true)
            .build()
            .toByteArray()))
        .isEqualTo(
            new dev.kvorum.store.PutRequest(Bytes.utf8("k"), Bytes.EMPTY, 0, false, true, true));
  }

  @Test
  void everyFieldOfADeleteArrives() throws Exception {
    DeleteRangeRequest message = DeleteRangeRequest.newBuilder()
        .setKey(utf8("k"))
        .setRangeEnd(utf8("l"))
        .setPrevKv(true)
        .build();

    assertThat(requests.delete(message.toByteArray()))
        .isEqualTo(new DeleteRequest(new KeyRange(Bytes.utf8("k"), Bytes.utf8("l")), true));
  }

  @Test
  void aTxnArrivesWithItsGuardsAndBranches() throws Exception {
    TxnRequest message = TxnRequest.newBuilder()
        .addCompare(compare("a", Compare.CompareTarget.MOD).setModRevision(7))
        .addCompare(compare("b", Compare.CompareTarget.VALUE)
            .setResult(Compare.CompareResult.NOT_EQUAL)
            .setValue(utf8("x"))
            .setRangeEnd(utf8("c")))
        .addSuccess(put("k"))
        .addFailure(txn(TxnRequest.newBuilder().addSuccess(delete("d", ""))))
        .build();

    dev.kvorum.store.TxnRequest txn = requests.txn(message.toByteArray());

    assertThat(txn.compares())
        .containsExactly(
            new dev.kvorum.store.Compare(
                KeyRange.single(Bytes.utf8("a")), Target.MOD, Relation.EQUAL, 7, Bytes.EMPTY),
            new dev.kvorum.store.Compare(
                new KeyRange(Bytes.utf8("b"), Bytes.utf8("c")),
                Target.VALUE,
                Relation.NOT_EQUAL,
                0,
                Bytes.utf8("x")));
    assertThat(txn.success())
        .containsExactly(dev.kvorum.store.PutRequest.of(Bytes.utf8("k"), Bytes.EMPTY));
    assertThat(((dev.kvorum.store.TxnRequest) txn.failure().get(0)).success())
        .containsExactly(new DeleteRequest(KeyRange.single(Bytes.utf8("d")), false));
  }

  @Test
  void anOperandOfAnotherKindCountsAsNothing() throws Exception {
    var mismatch = compare("a", Compare.CompareTarget.MOD).setVersion(7);
    var valueForNumber = compare("a", Compare.CompareTarget.LEASE).setValue(utf8("x"));
    var numberForValue = compare("a", Compare.CompareTarget.VALUE).setLease(9);
    var none = compare("a", Compare.CompareTarget.CREATE);

    for (var compare : new Compare.Builder[] {mismatch, valueForNumber, numberForValue, none}) {
      var read = requests
          .txn(TxnRequest.newBuilder().addCompare(compare).build().toByteArray())
          .compares()
          .get(0);
      assertThat(read.number()).isZero();
      assertThat(read.value()).isEqualTo(Bytes.EMPTY);
    }
  }

  @Test
  void refusesWhatNeedsNoStoreToBeRefused() {
    refuses(EMPTY_KEY, RangeRequest.newBuilder().setRangeEnd(utf8("a")).build());
    refuses(
        BAD_SORT,
        RangeRequest.newBuilder().setKey(utf8("a")).setSortOrderValue(3).build());
    refuses(
        BAD_SORT,
        RangeRequest.newBuilder().setKey(utf8("a")).setSortTargetValue(5).build());
    refuses(
        BAD_SORT,
        RangeRequest.newBuilder().setKey(utf8("a")).setSortOrderValue(-1).build());
    refuses(EMPTY_KEY, PutRequest.newBuilder().setValue(utf8("a")).build());
    refuses(
        "etcdserver: value is provided",
        PutRequest.newBuilder()
            .setKey(utf8("k"))
            .setValue(utf8("v"))
            .setIgnoreValue(true)
            .build());
    refuses(
        "etcdserver: lease is provided",
        PutRequest.newBuilder()
            .setKey(utf8("k"))
            .setLease(1)
            .setIgnoreLease(true)
            .build());
    refuses(EMPTY_KEY, DeleteRangeRequest.newBuilder().setRangeEnd(utf8("a")).build());
  }

  @Test
  void refusesBadPartsOfATxnInBothBranches() {
    refuses(EMPTY_KEY, TxnRequest.newBuilder().addCompare(Compare.newBuilder()));
    refuses(EMPTY_KEY, TxnRequest.newBuilder().addSuccess(put("")));
    refuses(EMPTY_KEY, TxnRequest.newBuilder().addFailure(delete("", "")));
    refuses(
        BAD_SORT,
        TxnRequest.newBuilder()
            .addFailure(RequestOp.newBuilder()
                .setRequestRange(
                    RangeRequest.newBuilder().setKey(utf8("a")).setSortTargetValue(9))));
    refuses(
        "etcdserver: key not found", TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder()));
    refuses(
        BAD_COMPARE,
        TxnRequest.newBuilder()
            .addCompare(compare("a", Compare.CompareTarget.MOD).setResultValue(4)));
    refuses(
        BAD_COMPARE,
        TxnRequest.newBuilder()
            .addCompare(Compare.newBuilder().setKey(utf8("a")).setTargetValue(5)));
  }

  @Test
  void theLargestPartOfATxnCountsAgainstTheLimit() throws Exception {
    TxnRequest.Builder full = TxnRequest.newBuilder();
    for (int i = 0; i < 128; i++) {
      full.addCompare(compare("k" + i, Compare.CompareTarget.MOD));
      full.addSuccess(put("k" + i));
      full.addFailure(put("k" + i));
    }
    assertThat(requests.txn(full.build().toByteArray()).success()).hasSize(128);

    refuses(TOO_MANY, full.clone().addCompare(compare("x", Compare.CompareTarget.MOD)));
    refuses(TOO_MANY, full.clone().addSuccess(put("x")));
    refuses(TOO_MANY, full.clone().addFailure(put("x")));
  }

  @Test
  void aNestedTxnHasWhatItsParentLeaves() throws Exception {
    TxnRequest.Builder nested = TxnRequest.newBuilder();
    for (int i = 0; i < 127; i++) {
      nested.addSuccess(put("k" + i));
    }
    assertThat(
            requests.txn(TxnRequest.newBuilder().addSuccess(txn(nested)).build().toByteArray()))
        .isNotNull();

    refuses(TOO_MANY, TxnRequest.newBuilder().addSuccess(txn(nested.clone().addSuccess(put("x")))));
    refuses(
        TOO_MANY,
        TxnRequest.newBuilder()
            .addCompare(compare("a", Compare.CompareTarget.MOD))
            .addCompare(compare("b", Compare.CompareTarget.MOD))
            .addSuccess(txn(nested)));
  }

  @Test
  void tooManyOperationsComesBeforeABadOne() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 0; i < 129; i++) {
      txn.addSuccess(put(""));
    }
    refuses(TOO_MANY, txn);
  }

  @Test
  void nestingIsLimitedWhateverTheLimitOnOperations() {
    ByteString txn = ByteString.EMPTY;
    for (int i = 0; i < 5000; i++) {
      txn = field(2, field(4, txn));
    }
    byte[] message = txn.toByteArray();

    assertThatThrownBy(() -> new KvRequests(1_000_000).txn(message)).hasMessage(TOO_MANY);
  }

  @Test
  void aKeyIsWrittenOnceAtMost() {
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(put("a")).addSuccess(put("a")));
    refuses(DUPLICATE, TxnRequest.newBuilder().addFailure(put("a")).addFailure(put("a")));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(put("d")).addSuccess(delete("c", "e")));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(delete("c", "e")).addSuccess(put("d")));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(delete("d", "")).addSuccess(put("d")));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(delete("c", "\0")).addSuccess(put("z")));
    TxnRequest.Builder nested = TxnRequest.newBuilder().addFailure(put("a"));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(put("a")).addSuccess(txn(nested)));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(txn(nested)).addSuccess(put("a")));
    refuses(DUPLICATE, TxnRequest.newBuilder().addSuccess(txn(nested)).addSuccess(txn(nested)));
    refuses(
        DUPLICATE, TxnRequest.newBuilder().addSuccess(txn(nested)).addSuccess(delete("a", "b")));
    refuses(
        DUPLICATE, TxnRequest.newBuilder().addSuccess(delete("a", "b")).addSuccess(txn(nested)));
    refuses(
        DUPLICATE,
        TxnRequest.newBuilder().addSuccess(txn(nested.clone().addFailure(delete("\0", "\0")))));
  }

  @Test
  void whatDoesNotWriteAKeyTwiceIsAllowed() throws Exception {
    TxnRequest.Builder either = TxnRequest.newBuilder().addSuccess(put("a")).addFailure(put("a"));
    accepts(either);
    accepts(TxnRequest.newBuilder().addSuccess(txn(either)));
    accepts(TxnRequest.newBuilder()
        .addSuccess(
            txn(TxnRequest.newBuilder().addSuccess(put("a")).addFailure(delete("a", "b")))));
    accepts(TxnRequest.newBuilder().addSuccess(delete("a", "c")).addSuccess(delete("b", "d")));
    accepts(TxnRequest.newBuilder().addSuccess(delete("a", "c")).addSuccess(put("c")));
    accepts(TxnRequest.newBuilder().addSuccess(delete("z", "a")).addSuccess(put("c")));
    accepts(TxnRequest.newBuilder()
        .addSuccess(put("a"))
        .addSuccess(
            RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(utf8("a")))));
  }

  @Test
  void unknownFieldsAreSkipped() throws Exception {
    UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
        .addField(
            100,
            UnknownFieldSet.Field.newBuilder()
                .addVarint(-1)
                .addFixed32(1)
                .addFixed64(2)
                .addLengthDelimited(utf8("x"))
                .addGroup(UnknownFieldSet.newBuilder()
                    .addField(1, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build())
                .build())
        .build();
    PutRequest message =
        PutRequest.newBuilder().setKey(utf8("k")).setUnknownFields(unknown).build();

    assertThat(requests.put(message.toByteArray()).key()).isEqualTo(Bytes.utf8("k"));
  }

  @Test
  void whatIsNoMessageIsNeverTakenForOne() {
    Random random = new Random(7);
    byte[] good = TxnRequest.newBuilder()
        .addCompare(compare("a", Compare.CompareTarget.MOD).setModRevision(7))
        .addSuccess(put("k"))
        .addFailure(delete("a", "b"))
        .build()
        .toByteArray();
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int flips = random.nextInt(3); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      boolean protobufReadsIt = protobufReads(bad);
      try {
        requests.txn(bad);
        assertThat(protobufReadsIt).as(Arrays.toString(bad)).isTrue();
      } catch (MalformedMessage e) {
        assertThat(protobufReadsIt).as(Arrays.toString(bad)).isFalse();
      } catch (InvalidRequest e) {
        // found before the end was seen, or well-formed and refused
      }
    }
  }

  private static boolean protobufReads(byte[] message) {
    try {
      return TxnRequest.parseFrom(message).isInitialized();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      return false;
    }
  }

  private void accepts(TxnRequest.Builder message) throws Exception {
    assertThat(requests.txn(message.build().toByteArray())).isNotNull();
  }

  private void refuses(String text, TxnRequest.Builder message) {
    assertThatThrownBy(() -> requests.txn(message.build().toByteArray()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessage(text);
  }

  private void refuses(String text, RangeRequest message) {
    assertThatThrownBy(() -> requests.range(message.toByteArray()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessage(text);
  }

  private void refuses(String text, PutRequest message) {
    assertThatThrownBy(() -> requests.put(message.toByteArray()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessage(text);
  }

  private void refuses(String text, DeleteRangeRequest message) {
    assertThatThrownBy(() -> requests.delete(message.toByteArray()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessage(text);
  }

  private static Compare.Builder compare(String key, Compare.CompareTarget target) {
    return Compare.newBuilder().setKey(utf8(key)).setTarget(target);
  }

  private static RequestOp.Builder put(String key) {
    return RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(utf8(key)));
  }

  private static RequestOp.Builder delete(String key, String rangeEnd) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder().setKey(utf8(key)).setRangeEnd(utf8(rangeEnd)));
  }

  private static RequestOp.Builder txn(TxnRequest.Builder txn) {
    return RequestOp.newBuilder().setRequestTxn(txn);
  }

  private static ByteString field(int number, ByteString content) {
    UnknownFieldSet.Field field =
        UnknownFieldSet.Field.newBuilder().addLengthDelimited(content).build();
    return UnknownFieldSet.newBuilder().addField(number, field).build().toByteString();
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
