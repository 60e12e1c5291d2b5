package dev.kvorum.store.raft;

import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.TxnRequest;
import java.util.List;

/** What a request may add to what is stored, in bytes, as etcd reckons it. */
final class SpaceCost {
  static final long LEASE = 64;

  private static final long KEY_VALUE = 256;

  private SpaceCost() {}

  static long of(PutRequest put) {
    return KEY_VALUE + put.key().length() + put.value().length();
  }

  /** The dearer branch. */
  static long of(TxnRequest txn) {
    return Math.max(of(txn.success()), of(txn.failure()));
  }

  private static long of(List<Op> ops) {
    long cost = 0;
    for (Op op : ops) {
      if (op instanceof PutRequest put) {
        cost += of(put);
      } else if (op instanceof TxnRequest nested) {
        cost += of(nested);
      }
    }
    return cost;
  }
}
