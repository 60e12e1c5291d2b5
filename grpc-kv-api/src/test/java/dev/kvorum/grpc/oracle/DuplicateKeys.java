package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a txn may write a key twice, by the rule and as etcd looks for it.
 *
 * <p>The rule: within a branch, nested txns included, no key is put twice, and none is both put and deleted; the two
 * branches of one txn do not count against each other. etcd overlooks two cases: a delete to the end of all keys, whose
 * range end it takes for an ordinary key, and a delete in a nested txn whose key is put in an earlier nested txn beside it.
 */
final class DuplicateKeys {
  private final boolean asEtcd;
  private boolean found;

  private DuplicateKeys(boolean asEtcd) {
    this.asEtcd = asEtcd;
  }

  private record Writes(Set<ByteString> puts, List<DeleteRangeRequest> deletes) {
    Writes() {
      this(new HashSet<>(), new ArrayList<>());
    }

    void add(Writes others) {
      puts.addAll(others.puts);
      deletes.addAll(others.deletes);
    }
  }

  /** Whether the rule is broken and etcd does not see it. */
  static boolean missedByEtcd(TxnRequest txn) {
    return inEitherBranch(txn, false) && !inEitherBranch(txn, true);
  }

  private static boolean inEitherBranch(TxnRequest txn, boolean asEtcd) {
    DuplicateKeys check = new DuplicateKeys(asEtcd);
    check.writes(txn.getSuccessList());
    check.writes(txn.getFailureList());
    return check.found;
  }

  private Writes writes(List<RequestOp> branch) {
    Writes all = new Writes();
    branch.stream()
        .filter(RequestOp::hasRequestDeleteRange)
        .forEach(op -> all.deletes.add(op.getRequestDeleteRange()));
    for (RequestOp op : branch) {
      if (op.hasRequestTxn()) {
        Writes success = writes(op.getRequestTxn().getSuccessList());
        Writes failure = writes(op.getRequestTxn().getFailureList());
        compare(all, success);
        compare(all, failure);
        all.add(success);
        all.add(failure);
      }
    }
    for (RequestOp op : branch) {
      if (op.hasRequestPut()) {
        Writes put = new Writes();
        put.puts.add(op.getRequestPut().getKey());
        compare(all, put);
        all.add(put);
      }
    }
    return all;
  }

  private void compare(Writes before, Writes now) {
    for (ByteString key : now.puts) {
      found |= before.puts.contains(key) || deletes(before, key);
    }
    if (!asEtcd) {
      before.puts.forEach(key -> found |= deletes(now, key));
    }
  }

  private boolean deletes(Writes writes, ByteString key) {
    return writes.deletes.stream().anyMatch(delete -> {
      boolean overlooked = asEtcd && delete.getRangeEnd().equals(Keys.ZERO);
      return !overlooked && Keys.contains(delete.getKey(), delete.getRangeEnd(), key);
    });
  }
}
