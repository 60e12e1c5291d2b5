package dev.kvorum.store.mvcc;

import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.Op;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Runs the branch of a transaction that was decided on and checked; nothing can be refused any more. */
final class TxnExecution {
  private final MvccWriter writer;
  private final TxnReader txns;

  TxnExecution(MvccWriter writer, TxnReader txns) {
    this.writer = writer;
    this.txns = txns;
  }

  List<OpResult> run(TxnReader.Decision decision) {
    List<OpResult> results = new ArrayList<>(decision.ops().size());
    Iterator<TxnReader.Decision> nested = decision.nested().iterator();
    for (Op op : decision.ops()) {
      results.add(
          switch (op) {
            case RangeRequest range -> txns.range(writer.snapshot(), range);
            case PutRequest put -> {
              KeyValue previous = writer.change(put);
              yield new PutResult(writer.currentRevision(), put.prevKv() ? previous : null);
            }
            case DeleteRequest delete -> {
              List<KeyValue> previous = writer.change(delete);
              yield new DeleteResult(
                  writer.currentRevision(),
                  previous.size(),
                  delete.prevKv() ? previous : List.of());
            }
            case TxnRequest txn -> {
              TxnReader.Decision inner = nested.next();
              yield new TxnResult(0, inner.succeeded(), run(inner));
            }
          });
    }
    return results;
  }
}
