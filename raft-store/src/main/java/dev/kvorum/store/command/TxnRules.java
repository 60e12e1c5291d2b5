package dev.kvorum.store.command;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction must satisfy to be in the log at all: a key changes at most once per revision, because stored rows
 * are named by key and revision, and nesting is bounded, because it is walked recursively.
 */
final class TxnRules {
  /** The deepest nesting of transactions; the outermost one is at depth 1. */
  static final int MAX_DEPTH = 256;

  private TxnRules() {}

  /**
   * Refuses what must not be proposed. The edges answer such requests in their own words before they come here.
   *
   * @throws IllegalArgumentException if a branch writes a key twice or nesting is too deep
   */
  static void check(TxnRequest txn) {
    if (!isTrivial(txn.success()) || !isTrivial(txn.failure())) {
      check(txn, 1);
    }
  }

  static IllegalArgumentException tooDeep() {
    return new IllegalArgumentException("transactions nested deeper than " + MAX_DEPTH + " levels");
  }

  /** One write cannot clash: the common case, every transaction of a Kubernetes API server. */
  private static boolean isTrivial(List<Op> ops) {
    int writes = 0;
    for (Op op : ops) {
      switch (op) {
        case RangeRequest range -> {}
        case PutRequest put -> writes++;
        case DeleteRequest delete -> writes++;
        case TxnRequest nested -> writes = 2;
      }
    }
    return writes < 2;
  }

  private static Writes check(TxnRequest txn, int depth) {
    if (depth > MAX_DEPTH) {
      throw tooDeep();
    }
    Writes writes = branch(txn.success(), depth);
    writes.addAll(branch(txn.failure(), depth));
    return writes;
  }

  private static Writes branch(List<Op> ops, int depth) {
    Writes writes = new Writes();
    for (Op op : ops) {
      switch (op) {
        case RangeRequest range -> {}
        case PutRequest put -> writes.put(put.key());
        case DeleteRequest delete -> writes.delete(delete.range());
        case TxnRequest nested -> writes.merge(check(nested, depth + 1));
      }
    }
    return writes;
  }

  /** The keys that one branch may write. */
  private static final class Writes {
    private final TreeSet<Bytes> puts = new TreeSet<>();
    private final List<KeyRange> deletes = new ArrayList<>();

    void put(Bytes key) {
      if (!puts.add(key)) {
        throw new IllegalArgumentException("key " + key + " is put twice in a transaction");
      }
      for (KeyRange range : deletes) {
        if (range.contains(key)) {
          throw clash(key);
        }
      }
    }

    void delete(KeyRange range) {
      Bytes first = firstPutIn(range);
      if (first != null) {
        throw clash(first);
      }
      deletes.add(range);
    }

    /** Adds the writes of a nested transaction, which must not clash with these. */
    void merge(Writes nested) {
      for (KeyRange range : nested.deletes) {
        Bytes first = firstPutIn(range);
        if (first != null) {
          throw clash(first);
        }
      }
      for (Bytes key : nested.puts) {
        put(key);
      }
      deletes.addAll(nested.deletes);
    }

    /** Adds the writes of the other branch: only one of the two runs, so they cannot clash. */
    void addAll(Writes other) {
      puts.addAll(other.puts);
      deletes.addAll(other.deletes);
    }

    private @Nullable Bytes firstPutIn(KeyRange range) {
      Bytes first = puts.ceiling(range.key());
      return first != null && range.contains(first) ? first : null;
    }

    private static IllegalArgumentException clash(Bytes key) {
      return new IllegalArgumentException("key " + key + " is put and deleted in one transaction");
    }
  }
}
