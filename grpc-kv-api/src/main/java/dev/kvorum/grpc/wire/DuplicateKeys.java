package dev.kvorum.grpc.wire;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.TxnRequest;
import java.util.List;

/**
 * What a branch of a transaction writes, to refuse one that would write a key twice: a key has at most one event per
 * revision. Both branches are checked, whichever will run. Deletions may overlap each other; the two branches of one
 * transaction may write the same keys, as only one of them runs.
 */
final class DuplicateKeys {
  private final KeySet puts = new KeySet();
  private final KeySet deletes = new KeySet();

  private DuplicateKeys() {}

  static void refuse(TxnRequest txn) throws InvalidRequest {
    if (canClash(txn.success())) {
      of(txn.success());
    }
    if (canClash(txn.failure())) {
      of(txn.failure());
    }
  }

  /** Whether a branch writes in more than one place; most transactions there are do not. */
  private static boolean canClash(List<Op> branch) {
    return branch.size() > 1 || (!branch.isEmpty() && branch.get(0) instanceof TxnRequest);
  }

  private static DuplicateKeys of(List<Op> branch) throws InvalidRequest {
    DuplicateKeys written = new DuplicateKeys();
    for (Op op : branch) {
      switch (op) {
        case TxnRequest nested -> written.nest(nested);
        case DeleteRequest delete -> {
          written.refuseIfPut(delete.range());
          written.deletes.add(delete.range());
        }
        case PutRequest put -> {
          written.refuseIfWritten(put.key());
          written.puts.add(put.key());
        }
        case RangeRequest unused -> {
          // writes nothing
        }
      }
    }
    return written;
  }

  /** Both branches are checked against what is around them before either is added: they do not clash with each other. */
  private void nest(TxnRequest txn) throws InvalidRequest {
    DuplicateKeys success = of(txn.success());
    DuplicateKeys failure = of(txn.failure());
    refuseIfClashing(success);
    refuseIfClashing(failure);
    puts.addAll(success.puts);
    puts.addAll(failure.puts);
    deletes.addAll(success.deletes);
    deletes.addAll(failure.deletes);
  }

  private void refuseIfClashing(DuplicateKeys nested) throws InvalidRequest {
    for (Bytes key : nested.puts.keys()) {
      refuseIfWritten(key);
    }
    for (Bytes key : nested.deletes.keys()) {
      refuseIfPut(KeyRange.single(key));
    }
    for (KeyRange range : nested.deletes.ranges()) {
      refuseIfPut(range);
    }
  }

  private void refuseIfWritten(Bytes key) throws InvalidRequest {
    if (puts.contains(key) || deletes.contains(key)) {
      throw InvalidRequest.duplicateKey();
    }
  }

  private void refuseIfPut(KeyRange range) throws InvalidRequest {
    if (puts.hasKeyIn(range)) {
      throw InvalidRequest.duplicateKey();
    }
  }
}
