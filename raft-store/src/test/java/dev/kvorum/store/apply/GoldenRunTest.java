package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * One sequence of requests with the answers that etcd 3.4.23 and 3.7.1 both gave to it. What etcd refuses before it
 * reaches the state machine (duplicate keys in a transaction, empty keys) is not repeated here.
 */
class GoldenRunTest {
  private final Applier applier = Applier.open(new InMemoryEngine(), ApplyConfig.defaults());
  private long index;

  @Test
  void answersAsEtcd() {
    read("a", 0, "rev=1 count=0 []");
    put("a", "1", false, "rev=2");
    put("a", "1", true, "rev=3 prev=a(c2 m2 v1 =1)");
    put("b", "2", false, "rev=4");
    delete("zz", false, "rev=4 deleted=0");
    delete("a", true, "rev=5 deleted=1 [a(c2 m3 v2 =1)]");
    put("a", "3", false, "rev=6");
    expect(range(all(0, 0, false, 0)), "rev=6 count=2 [a(c6 m6 v1 =3), b(c4 m4 v1 =2)]");
    expect(range(all(3, 0, false, 0)), "rev=6 count=1 [a(c2 m3 v2 =1)]");
    expect(range(all(0, 1, false, 0)), "rev=6 count=2 more [a(c6 m6 v1 =3)]");
    expect(range(all(0, 1, true, 0)), "rev=6 count=2 []");
    expect(range(all(0, 0, false, 6)), "rev=6 count=2 [a(c6 m6 v1 =3)]");
    read("a", 99, "FUTURE_REVISION");

    TxnRequest create = new TxnRequest(
        List.of(compare("n", Compare.Target.CREATE, Compare.Relation.EQUAL, 0)),
        List.of(putOp("n", "1"), rangeOp("n"), deleteOp("b"), rangeOp("b"), putOp("m", "2")),
        List.of(rangeOp("n")));
    txn(
        create,
        "rev=7 true {put rev=7; rev=7 count=1 [n(c7 m7 v1 =1)]; rev=7 deleted=1; rev=7 count=0 [];"
            + " put rev=7}");
    txn(create, "rev=7 false {rev=7 count=1 [n(c7 m7 v1 =1)]}");
    txn(
        new TxnRequest(List.of(), List.of(deleteOp("zz"), rangeOp("a")), List.of()),
        "rev=7 true {rev=7 deleted=0; rev=7 count=1 [a(c6 m6 v1 =3)]}");
    txn(
        new TxnRequest(
            List.of(new Compare(
                KeyRange.single(Bytes.utf8("missing")),
                Compare.Target.VALUE,
                Compare.Relation.NOT_EQUAL,
                0,
                Bytes.utf8("x"))),
            List.of(putOp("t", "")),
            List.of()),
        "rev=7 false {}");
    txn(
        new TxnRequest(
            List.of(),
            List.of(
                putOp("p", ""),
                new TxnRequest(
                    List.of(compare("p", Compare.Target.VERSION, Compare.Relation.EQUAL, 0)),
                    List.of(putOp("q", ""), rangeOp("p")),
                    List.of())),
            List.of()),
        "rev=8 true {put rev=8; rev=0 true {put rev=8; rev=8 count=1 [p(c8 m8 v1 =)]}}");
    expect(apply(new Command.Put(leased("s", 5))), "LEASE_NOT_FOUND");

    expect(apply(new Command.GrantLease(0x10, 60)), "LeaseGrant[revision=8, id=16, ttlSeconds=60]");
    expect(apply(new Command.GrantLease(0x10, 60)), "LEASE_EXISTS");
    expect(apply(new Command.Put(leased("y", 0x10))), "put rev=9");
    expect(apply(new Command.Put(leased("x", 0x10))), "put rev=10");
    expect(
        apply(new Command.Put(new PutRequest(Bytes.utf8("y"), Bytes.EMPTY, 0, false, true, true))),
        "put rev=11");
    assertThat(applier.leases().keys(0x10)).containsExactly(Bytes.utf8("x"), Bytes.utf8("y"));
    expect(apply(new Command.RevokeLease(0x10)), "12");
    expect(apply(new Command.RevokeLease(0x10)), "LEASE_NOT_FOUND");
    assertThat(applier.leases().get(0x10)).isNull();

    expect(apply(new Command.Compact(7)), "12");
    expect(apply(new Command.Compact(7)), "COMPACTED 7");
    expect(apply(new Command.Compact(100)), "FUTURE_REVISION");
    read("a", 6, "COMPACTED 7");
    read("a", 7, "rev=12 count=1 [a(c6 m6 v1 =3)]");
    expect(
        apply(new Command.Put(
            new PutRequest(Bytes.utf8("missing"), Bytes.EMPTY, 0, false, true, false))),
        "KEY_NOT_FOUND");

    while (!applier.compactStep(2).finished()) {}
    read("a", 7, "rev=12 count=1 [a(c6 m6 v1 =3)]");
    assertThat(
            applier
                .view()
                .readHistory(KeyRange.ALL::contains, 7, 12, 100, 1 << 20)
                .events()
                .stream()
                .map(GoldenRunTest::text))
        .containsExactly(
            "put n 7",
            "delete b 7",
            "put m 7",
            "put p 8",
            "put q 8",
            "put y 9",
            "put x 10",
            "put y 11",
            "delete x 12",
            "delete y 12");
    expect(
        () -> applier.view().readHistory(KeyRange.ALL::contains, 6, 12, 100, 1 << 20),
        "COMPACTED 7");
  }

  @Test
  void aStoreThatWasNeverCompactedCanBeCompactedAtZeroOnce() {
    expect(apply(new Command.Compact(-1)), "COMPACTED 0");
    RangeRequest atMinusOne = RangeRequest.of(KeyRange.single(Bytes.utf8("a")), -1, 0);
    txn(new TxnRequest(List.of(), List.of(atMinusOne), List.of()), "rev=1 true {rev=1 count=0 []}");

    expect(apply(new Command.Compact(0)), "1");

    expect(apply(new Command.Compact(0)), "COMPACTED 0");
    expect(
        apply(new Command.Txn(new TxnRequest(List.of(), List.of(atMinusOne), List.of()))),
        "COMPACTED 0");
    read("a", -1, "rev=1 count=0 []");
  }

  @Test
  void aReadInsideATransactionCannotNameTheRevisionItMakes() {
    put("a", "1", false, "rev=2");
    RangeRequest atNext = RangeRequest.of(KeyRange.single(Bytes.utf8("a")), 3, 0);
    RangeRequest atBegin = RangeRequest.of(KeyRange.single(Bytes.utf8("a")), 2, 0);

    expect(
        apply(new Command.Txn(
            new TxnRequest(List.of(), List.of(putOp("a", "2"), atNext), List.of()))),
        "FUTURE_REVISION");
    txn(
        new TxnRequest(List.of(), List.of(putOp("a", "2"), atBegin, rangeOp("a")), List.of()),
        "rev=3 true {put rev=3; rev=3 count=1 [a(c2 m2 v1 =1)]; rev=3 count=1 [a(c2 m3 v2 =2)]}");
  }

  private void put(String key, String value, boolean prevKv, String expected) {
    expect(
        apply(new Command.Put(
            new PutRequest(Bytes.utf8(key), Bytes.utf8(value), 0, prevKv, false, false))),
        "put " + expected);
  }

  private void delete(String key, boolean prevKv, String expected) {
    expect(
        apply(new Command.Delete(new DeleteRequest(KeyRange.single(Bytes.utf8(key)), prevKv))),
        expected);
  }

  private void read(String key, long revision, String expected) {
    expect(range(RangeRequest.of(KeyRange.single(Bytes.utf8(key)), revision, 0)), expected);
  }

  private void txn(TxnRequest request, String expected) {
    expect(apply(new Command.Txn(request)), expected);
  }

  private static RangeRequest all(
      long revision, long limit, boolean countOnly, long minModRevision) {
    return new RangeRequest(
        KeyRange.ALL,
        revision,
        limit,
        RangeRequest.SortOrder.NONE,
        RangeRequest.SortTarget.KEY,
        false,
        false,
        countOnly,
        minModRevision,
        0,
        0,
        0);
  }

  private static Op putOp(String key, String value) {
    return PutRequest.of(Bytes.utf8(key), Bytes.utf8(value));
  }

  private static Op rangeOp(String key) {
    return RangeRequest.latest(KeyRange.single(Bytes.utf8(key)));
  }

  private static Op deleteOp(String key) {
    return new DeleteRequest(KeyRange.single(Bytes.utf8(key)), false);
  }

  private static PutRequest leased(String key, long lease) {
    return new PutRequest(Bytes.utf8(key), Bytes.EMPTY, lease, false, false, false);
  }

  private static Compare compare(
      String key, Compare.Target target, Compare.Relation relation, long number) {
    return new Compare(KeyRange.single(Bytes.utf8(key)), target, relation, number, Bytes.EMPTY);
  }

  private interface Call {
    Object answer();
  }

  private Call apply(Command<?> command) {
    return () -> applier
        .apply(1, ++index, List.of(new CommandBatch(1, 1, index, 0, List.of(command))))
        .batches()
        .getFirst()
        .results()
        .getFirst();
  }

  private Call range(RangeRequest request) {
    return () -> applier.range(request);
  }

  private static void expect(Call call, String expected) {
    Object answer;
    try {
      answer = call.answer();
    } catch (StoreException refusal) {
      answer = refusal;
    }
    assertThat(text(answer)).isEqualTo(expected);
  }

  private static String text(Object answer) {
    return switch (answer) {
      case OpResult result -> text(result);
      case StoreException refusal ->
        refusal.kind()
            + (refusal.kind() == StoreException.Kind.COMPACTED
                ? " " + refusal.compactRevision()
                : "");
      default -> answer.toString();
    };
  }

  private static String text(OpResult answer) {
    return switch (answer) {
      case PutResult put ->
        "put rev=" + put.revision() + (put.prevKv() == null ? "" : " prev=" + put.prevKv());
      case DeleteResult delete ->
        "rev=" + delete.revision() + " deleted=" + delete.deleted()
            + (delete.prevKvs().isEmpty() ? "" : " " + delete.prevKvs());
      case RangeResult range ->
        "rev=" + range.revision() + " count=" + range.count() + (range.more() ? " more" : "") + " "
            + range.keyValues();
      case TxnResult txn ->
        "rev=" + txn.revision() + " " + txn.succeeded() + " "
            + txn.results().stream()
                .map(GoldenRunTest::text)
                .collect(Collectors.joining("; ", "{", "}"));
    };
  }

  private static String text(Event event) {
    return (event.isDelete() ? "delete " : "put ") + event.kv().key() + " " + event.revision();
  }
}
