package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.tree.SortedTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of transactions: guards, which branch runs, and ranges. Thread-safe.
 */
final class TxnReader {
  private final RangeReader ranges;
  private final Values values;

  TxnReader(RangeReader ranges, Values values) {
    this.ranges = ranges;
    this.values = values;
  }

  /**
   * What a transaction will do, decided before it does anything.
   *
   * @param succeeded whether its guards held
   * @param ops the branch that runs
   * @param nested one per transaction among {@code ops}, in order
   */
  record Decision(boolean succeeded, List<Op> ops, List<Decision> nested) {}

  /** Evaluates all guards on the path that {@code txn} takes from {@code before}. */
  Decision decide(Snapshot before, TxnRequest txn) {
    boolean succeeded = true;
    for (Compare compare : txn.compares()) {
      if (!holds(before, compare)) {
        succeeded = false;
        break;
      }
    }
    List<Op> ops = succeeded ? txn.success() : txn.failure();
    List<Decision> nested = List.of();
    for (Op op : ops) {
      if (op instanceof TxnRequest inner) {
        if (nested.isEmpty()) {
          nested = new ArrayList<>();
        }
        nested.add(decide(before, inner));
      }
    }
    return new Decision(succeeded, ops, nested);
  }

  /**
   * Checks what is on the path taken, operation by operation, nested ones in place: when several are wrong, the first
   * one gives the error.
   *
   * @param puts checks a put
   */
  void check(Decision decision, Snapshot before, Consumer<PutRequest> puts) {
    int nested = 0;
    for (Op op : decision.ops()) {
      switch (op) {
        case RangeRequest range -> checkRevision(range.revision(), before);
        case PutRequest put -> puts.accept(put);
        case DeleteRequest delete -> {}
        case TxnRequest txn -> check(decision.nested().get(nested++), before, puts);
      }
    }
  }

  private static void checkRevision(long revision, Snapshot before) {
    if (revision > before.revision()) {
      throw StoreException.of(StoreException.Kind.FUTURE_REVISION);
    }
    if (revision != 0 && revision < before.compactRevision()) {
      throw StoreException.compacted(Math.max(0, before.compactRevision()));
    }
  }

  /** A range as part of a transaction; its revision was checked. */
  RangeResult range(Snapshot now, RangeRequest request) {
    long at = request.revision() <= 0 ? RangeReader.LATEST : request.revision();
    return ranges.read(now, request, at, now.revision());
  }

  private boolean holds(Snapshot before, Compare compare) {
    KeyRange range = compare.range();
    if (range.isSingle()) {
      byte[] key = range.key().sharedArray();
      Version version = before.tree().get(key);
      return holds(before, compare, key, version == null || version.isTombstone() ? null : version);
    }
    boolean none = true;
    if (!range.isEmpty()) {
      KeyBounds bounds = KeyBounds.of(range);
      SortedTree.Cursor<Version> cursor = before.tree().cursor(bounds.from(), bounds.to());
      while (cursor.next()) {
        Version version = cursor.value();
        if (!version.isTombstone()) {
          none = false;
          if (!holds(before, compare, cursor.key(), version)) {
            return false;
          }
        }
      }
    }
    return !none || holds(before, compare, Bytes.EMPTY.sharedArray(), null);
  }

  private boolean holds(Snapshot before, Compare compare, byte[] key, @Nullable Version version) {
    if (version == null && compare.target() == Compare.Target.VALUE) {
      return false; // a missing key fails every comparison of values, also NOT_EQUAL
    }
    int order = switch (compare.target()) {
      case VERSION -> Long.compare(version == null ? 0 : version.version, compare.number());
      case CREATE -> Long.compare(version == null ? 0 : version.createRevision, compare.number());
      case MOD -> Long.compare(version == null ? 0 : version.modRevision, compare.number());
      case LEASE -> Long.compare(version == null ? 0 : version.lease, compare.number());
      case VALUE ->
        version == null
            ? 0
            : values.load(key, version, before.revision()).value().compareTo(compare.value());
    };
    return switch (compare.relation()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
    };
  }
}
