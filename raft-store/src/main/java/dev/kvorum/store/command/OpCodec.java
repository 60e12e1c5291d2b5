package dev.kvorum.store.command;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.TxnRequest;
import java.util.ArrayList;
import java.util.List;

/** The encoding of requests inside commands. */
final class OpCodec {
  private static final int RANGE = 1;
  private static final int PUT = 2;
  private static final int DELETE = 3;
  private static final int TXN = 4;

  private static final int PREV_KV = 1;
  private static final int IGNORE_VALUE = 2;
  private static final int IGNORE_LEASE = 4;

  private static final int SERIALIZABLE = 1;
  private static final int KEYS_ONLY = 2;
  private static final int COUNT_ONLY = 4;
  private static final int REVISION_FILTER = 8;

  private OpCodec() {}

  static long size(Op op) {
    return switch (op) {
      case PutRequest put ->
        1L
            + Output.stringSize(put.key())
            + Output.stringSize(put.value())
            + Output.varintSize(put.lease());
      case DeleteRequest delete -> 1L + rangeSize(delete.range());
      case RangeRequest range ->
        3L
            + rangeSize(range.range())
            + Output.varintSize(range.revision())
            + Output.varintSize(range.limit())
            + (range.hasRevisionFilter()
                ? Output.varintSize(range.minModRevision())
                    + Output.varintSize(range.maxModRevision())
                    + Output.varintSize(range.minCreateRevision())
                    + Output.varintSize(range.maxCreateRevision())
                : 0);
      case TxnRequest txn -> {
        long size = Output.varintSize(txn.compares().size());
        for (Compare compare : txn.compares()) {
          size += 2
              + rangeSize(compare.range())
              + (compare.target() == Compare.Target.VALUE
                  ? Output.stringSize(compare.value())
                  : Output.varintSize(compare.number()));
        }
        yield size + opsSize(txn.success()) + opsSize(txn.failure());
      }
    };
  }

  private static long opsSize(List<Op> ops) {
    long size = Output.varintSize(ops.size());
    for (Op op : ops) {
      size += 1 + size(op);
    }
    return size;
  }

  private static int rangeSize(KeyRange range) {
    return Output.stringSize(range.key()) + Output.stringSize(range.rangeEnd());
  }

  static void write(Output out, Op op) {
    switch (op) {
      case PutRequest put -> {
        out.octet((put.prevKv() ? PREV_KV : 0)
            | (put.ignoreValue() ? IGNORE_VALUE : 0)
            | (put.ignoreLease() ? IGNORE_LEASE : 0));
        out.string(put.key());
        out.string(put.value());
        out.varint(put.lease());
      }
      case DeleteRequest delete -> {
        out.octet(delete.prevKv() ? PREV_KV : 0);
        writeRange(out, delete.range());
      }
      case RangeRequest range -> {
        out.octet((range.serializable() ? SERIALIZABLE : 0)
            | (range.keysOnly() ? KEYS_ONLY : 0)
            | (range.countOnly() ? COUNT_ONLY : 0)
            | (range.hasRevisionFilter() ? REVISION_FILTER : 0));
        out.octet(code(range.sortOrder()));
        out.octet(code(range.sortTarget()));
        writeRange(out, range.range());
        out.varint(range.revision());
        out.varint(range.limit());
        if (range.hasRevisionFilter()) {
          out.varint(range.minModRevision());
          out.varint(range.maxModRevision());
          out.varint(range.minCreateRevision());
          out.varint(range.maxCreateRevision());
        }
      }
      case TxnRequest txn -> {
        out.varint(txn.compares().size());
        for (Compare compare : txn.compares()) {
          out.octet(code(compare.target()));
          out.octet(code(compare.relation()));
          writeRange(out, compare.range());
          if (compare.target() == Compare.Target.VALUE) {
            out.string(compare.value());
          } else {
            out.varint(compare.number());
          }
        }
        writeOps(out, txn.success());
        writeOps(out, txn.failure());
      }
    }
  }

  private static void writeOps(Output out, List<Op> ops) {
    out.varint(ops.size());
    for (Op op : ops) {
      out.octet(
          switch (op) {
            case RangeRequest range -> RANGE;
            case PutRequest put -> PUT;
            case DeleteRequest delete -> DELETE;
            case TxnRequest txn -> TXN;
          });
      write(out, op);
    }
  }

  private static void writeRange(Output out, KeyRange range) {
    out.string(range.key());
    out.string(range.rangeEnd());
  }

  static PutRequest readPut(Input in) {
    int flags = flags(in, PREV_KV | IGNORE_VALUE | IGNORE_LEASE);
    Bytes key = nonEmpty(in.string());
    return new PutRequest(
        key,
        in.string(),
        in.varint(),
        (flags & PREV_KV) != 0,
        (flags & IGNORE_VALUE) != 0,
        (flags & IGNORE_LEASE) != 0);
  }

  static DeleteRequest readDelete(Input in) {
    int flags = flags(in, PREV_KV);
    return new DeleteRequest(readRange(in), (flags & PREV_KV) != 0);
  }

  private static RangeRequest readRangeRequest(Input in) {
    int flags = flags(in, SERIALIZABLE | KEYS_ONLY | COUNT_ONLY | REVISION_FILTER);
    RangeRequest.SortOrder order = sortOrder(in);
    RangeRequest.SortTarget target = sortTarget(in);
    KeyRange range = readRange(in);
    boolean filter = (flags & REVISION_FILTER) != 0;
    return new RangeRequest(
        range,
        in.varint(),
        in.varint(),
        order,
        target,
        (flags & SERIALIZABLE) != 0,
        (flags & KEYS_ONLY) != 0,
        (flags & COUNT_ONLY) != 0,
        filter ? in.varint() : 0,
        filter ? in.varint() : 0,
        filter ? in.varint() : 0,
        filter ? in.varint() : 0);
  }

  /** Reads a transaction at nesting {@code depth}; deeper ones than are allowed are refused before they are entered. */
  static TxnRequest readTxn(Input in, int depth) {
    if (depth > TxnRules.MAX_DEPTH) {
      throw TxnRules.tooDeep();
    }
    int compares = in.count(5);
    List<Compare> list = new ArrayList<>(Math.min(compares, 16));
    for (int i = 0; i < compares; i++) {
      Compare.Target target = target(in);
      Compare.Relation relation = relation(in);
      KeyRange range = readRange(in);
      list.add(
          target == Compare.Target.VALUE
              ? new Compare(range, target, relation, 0, in.string())
              : new Compare(range, target, relation, in.varint(), Bytes.EMPTY));
    }
    return new TxnRequest(list, readOps(in, depth), readOps(in, depth));
  }

  private static List<Op> readOps(Input in, int depth) {
    int count = in.count(2);
    List<Op> ops = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      int kind = in.octet();
      ops.add(
          switch (kind) {
            case RANGE -> readRangeRequest(in);
            case PUT -> readPut(in);
            case DELETE -> readDelete(in);
            case TXN -> readTxn(in, depth + 1);
            default ->
              throw new IllegalArgumentException(
                  "log entry with operation " + kind + ", which this version does not know");
          });
    }
    return ops;
  }

  private static KeyRange readRange(Input in) {
    return new KeyRange(nonEmpty(in.string()), in.string());
  }

  private static Bytes nonEmpty(Bytes key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("log entry with an empty key");
    }
    return key;
  }

  private static int flags(Input in, int known) {
    int flags = in.octet();
    if ((flags & ~known) != 0) {
      throw new IllegalArgumentException("log entry with flags " + Integer.toHexString(flags));
    }
    return flags;
  }

  // Codes are part of the log's format: they are spelled out so that the order of an enum may
  // change.

  private static int code(Compare.Target target) {
    return switch (target) {
      case VERSION -> 0;
      case CREATE -> 1;
      case MOD -> 2;
      case VALUE -> 3;
      case LEASE -> 4;
    };
  }

  private static Compare.Target target(Input in) {
    int code = in.octet();
    return switch (code) {
      case 0 -> Compare.Target.VERSION;
      case 1 -> Compare.Target.CREATE;
      case 2 -> Compare.Target.MOD;
      case 3 -> Compare.Target.VALUE;
      case 4 -> Compare.Target.LEASE;
      default -> throw unknown("compare target", code);
    };
  }

  private static int code(Compare.Relation relation) {
    return switch (relation) {
      case EQUAL -> 0;
      case GREATER -> 1;
      case LESS -> 2;
      case NOT_EQUAL -> 3;
    };
  }

  private static Compare.Relation relation(Input in) {
    int code = in.octet();
    return switch (code) {
      case 0 -> Compare.Relation.EQUAL;
      case 1 -> Compare.Relation.GREATER;
      case 2 -> Compare.Relation.LESS;
      case 3 -> Compare.Relation.NOT_EQUAL;
      default -> throw unknown("compare relation", code);
    };
  }

  private static int code(RangeRequest.SortOrder order) {
    return switch (order) {
      case NONE -> 0;
      case ASCEND -> 1;
      case DESCEND -> 2;
    };
  }

  private static RangeRequest.SortOrder sortOrder(Input in) {
    int code = in.octet();
    return switch (code) {
      case 0 -> RangeRequest.SortOrder.NONE;
      case 1 -> RangeRequest.SortOrder.ASCEND;
      case 2 -> RangeRequest.SortOrder.DESCEND;
      default -> throw unknown("sort order", code);
    };
  }

  private static int code(RangeRequest.SortTarget target) {
    return switch (target) {
      case KEY -> 0;
      case VERSION -> 1;
      case CREATE -> 2;
      case MOD -> 3;
      case VALUE -> 4;
    };
  }

  private static RangeRequest.SortTarget sortTarget(Input in) {
    int code = in.octet();
    return switch (code) {
      case 0 -> RangeRequest.SortTarget.KEY;
      case 1 -> RangeRequest.SortTarget.VERSION;
      case 2 -> RangeRequest.SortTarget.CREATE;
      case 3 -> RangeRequest.SortTarget.MOD;
      case 4 -> RangeRequest.SortTarget.VALUE;
      default -> throw unknown("sort target", code);
    };
  }

  private static IllegalArgumentException unknown(String what, int code) {
    return new IllegalArgumentException("log entry with " + what + " " + code);
  }
}
