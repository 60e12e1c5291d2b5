package dev.kvorum.grpc.oracle;

import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Where the server under test differs from etcd on purpose, one by one and as narrow as possible. Everything else that
 * differs is a bug. Thread-safe.
 */
final class KnownDifferences {
  enum Entry {
    UNKNOWN_COMPARE(
        "a compare whose target or result is an unknown number is INVALID_ARGUMENT here; etcd takes it"
            + " as true, which lets a txn by a newer client overwrite what it meant to guard"),

    PREV_KV_AT_COMPACT_REVISION(
        "an event at the compact revision may carry prev_kv here; etcd has already forgotten"
            + " it, and kube-apiserver ends a watch whose event lacks it"),

    PROGRESS_DESPITE_COMPACTED_WATCHER(
        "a watcher that was cancelled by compaction does not mute progress here; in"
            + " etcd it does until its client cancels it too"),

    PUT_IN_DELETE_TO_THE_END(
        "a put whose key lies in a delete of the same txn that ends with the last key is refused"
            + " as a duplicate here, as in any other range; etcd misses it, gives the key two events of one revision, and"
            + " ends (the whole process) when the put needs the key to exist");

    private final String reason;

    Entry(String reason) {
      this.reason = reason;
    }
  }

  private static final Answer DUPLICATE = new Answer.Failure(
      Status.Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request");

  private final Map<Entry, LongAdder> uses = new EnumMap<>(Entry.class);

  KnownDifferences() {
    for (Entry entry : Entry.values()) {
      uses.put(entry, new LongAdder());
    }
  }

  void note(Entry entry) {
    usesOf(entry).increment();
  }

  private LongAdder usesOf(Entry entry) {
    return Objects.requireNonNull(uses.get(entry), "every entry has one");
  }

  /** Whether these answers to {@code request} differ as an entry says. */
  boolean explains(Object request, Answer oracle, Answer subject) {
    if (request instanceof TxnRequest txn
        && hasUnknownCompare(txn)
        && subject instanceof Answer.Failure failure
        && failure.code() == Status.Code.INVALID_ARGUMENT) {
      note(Entry.UNKNOWN_COMPARE);
      return true;
    }
    if (request instanceof TxnRequest txn
        && putsIntoDeleteToTheEnd(txn)
        && oracle instanceof Answer.Reply
        && subject.equals(DUPLICATE)) {
      note(Entry.PUT_IN_DELETE_TO_THE_END);
      return true;
    }
    return false;
  }

  private static boolean putsIntoDeleteToTheEnd(TxnRequest txn) {
    return txn.getSuccessList().stream()
        .filter(op -> op.getRequestDeleteRange().getRangeEnd().equals(Keys.ZERO))
        .map(op -> op.getRequestDeleteRange().getKey())
        .anyMatch(start -> txn.getSuccessList().stream()
            .filter(RequestOp::hasRequestPut)
            .anyMatch(op -> Keys.contains(start, Keys.ZERO, op.getRequestPut().getKey())));
  }

  /** One line per entry: how often it was met. An entry that is never met should go. */
  List<String> report() {
    List<String> lines = new ArrayList<>();
    for (Entry entry : Entry.values()) {
      long times = usesOf(entry).sum();
      lines.add((times == 0 ? "UNUSED " : times + " x ") + entry + ": " + entry.reason);
    }
    return lines;
  }

  private static boolean hasUnknownCompare(TxnRequest txn) {
    return txn.getCompareList().stream().anyMatch(KnownDifferences::isUnknown)
        || Stream.concat(txn.getSuccessList().stream(), txn.getFailureList().stream())
            .filter(RequestOp::hasRequestTxn)
            .anyMatch(op -> hasUnknownCompare(op.getRequestTxn()));
  }

  private static boolean isUnknown(Compare compare) {
    return compare.getTarget() == Compare.CompareTarget.UNRECOGNIZED
        || compare.getResult() == Compare.CompareResult.UNRECOGNIZED;
  }
}
