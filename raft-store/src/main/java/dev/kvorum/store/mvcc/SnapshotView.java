package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A {@link View} of one snapshot. */
final class SnapshotView implements View {
  private final Snapshot snapshot;
  private final RangeReader ranges;
  private final TxnReader txns;
  private final HistoryReader history;
  private final Engine engine;
  private final Supplier<Snapshot> newest;

  SnapshotView(
      Snapshot snapshot,
      RangeReader ranges,
      TxnReader txns,
      HistoryReader history,
      Engine engine,
      Supplier<Snapshot> newest) {
    this.snapshot = snapshot;
    this.ranges = ranges;
    this.txns = txns;
    this.history = history;
    this.engine = engine;
    this.newest = newest;
  }

  @Override
  public long revision() {
    return snapshot.revision();
  }

  @Override
  public long compactRevision() {
    return Math.max(0, snapshot.compactRevision());
  }

  @Override
  public RangeResult range(RangeRequest request) {
    return ranges.read(snapshot, request, at(request.revision()), snapshot.revision());
  }

  @Override
  public TxnResult readOnlyTxn(TxnRequest request) {
    TxnReader.Decision decision = txns.decide(snapshot, request);
    txns.check(decision, snapshot, put -> {});
    List<OpResult> results = new ArrayList<>(decision.ops().size());
    for (Op op : decision.ops()) {
      if (!(op instanceof RangeRequest range)) {
        throw new IllegalArgumentException("not a read-only transaction: " + op);
      }
      results.add(txns.range(snapshot, range));
    }
    return new TxnResult(snapshot.revision(), decision.succeeded(), results);
  }

  @Override
  public RangePage page(
      KeyRange range, long revision, int maxKeys, long maxBytes, boolean keysOnly) {
    return ranges.page(snapshot, range, at(revision), maxKeys, maxBytes, keysOnly);
  }

  @Override
  public long count(KeyRange range, long revision) {
    return ranges.count(snapshot, range, at(revision));
  }

  @Override
  public HistoryPage readHistory(
      Predicate<Bytes> wanted, long fromRevision, long toRevision, int maxEvents, long maxBytes) {
    return history.read(snapshot, wanted, fromRevision, toRevision, maxEvents, maxBytes);
  }

  /** What {@code requested} means to a {@link RangeReader}. */
  private long at(long requested) {
    if (requested <= 0 || requested == snapshot.revision()) {
      return RangeReader.LATEST;
    }
    if (requested > snapshot.revision()) {
      throw StoreException.of(StoreException.Kind.FUTURE_REVISION);
    }
    if (requested < snapshot.compactRevision()) {
      throw StoreException.compacted(snapshot.compactRevision());
    }
    return requested;
  }

  @Override
  public StateHash hash(long revision) {
    return new HistoryHasher(engine, newest).hash(snapshot, revision);
  }
}
