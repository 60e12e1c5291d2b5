package dev.kvorum.store;

import java.util.List;

/**
 * Decides by guards and runs one of two branches atomically (etcd v3 API: Txn). Guards, also those of nested
 * transactions, see the state before the transaction; operations see those before them.
 *
 * @param compares all must hold for {@code success} to run
 * @param success run when they hold
 * @param failure run when one does not
 */
public record TxnRequest(List<Compare> compares, List<Op> success, List<Op> failure) implements Op {
  public TxnRequest {
    compares = List.copyOf(compares);
    success = List.copyOf(success);
    failure = List.copyOf(failure);
  }

  /** Whether the transaction only reads: all operations at this level are ranges (a nested one counts as a write). */
  public boolean isReadOnly() {
    return success.stream().allMatch(RangeRequest.class::isInstance)
        && failure.stream().allMatch(RangeRequest.class::isInstance);
  }

  /** Whether a read-only transaction may be answered without asking the leader: every range in it may. */
  public boolean isSerializable() {
    return success.stream().allMatch(TxnRequest::isSerializableRange)
        && failure.stream().allMatch(TxnRequest::isSerializableRange);
  }

  private static boolean isSerializableRange(Op op) {
    return op instanceof RangeRequest range && range.serializable();
  }
}
