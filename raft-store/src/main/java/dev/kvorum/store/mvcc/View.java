package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import java.util.function.Predicate;

/**
 * The store as it was after one log entry. Reads of one view agree with each other whatever is written meanwhile.
 * Immutable and thread-safe; needs no closing, but holding one keeps old index nodes in memory.
 *
 * <p>Reads may touch the disk. They throw {@link dev.kvorum.store.StoreException} of kind {@code COMPACTED} or {@code
 * FUTURE_REVISION}; {@code COMPACTED} can also come for the view's own revision, when compaction has overtaken it:
 * take a new view.
 */
public interface View {
  /** The revision of the last change in this view. */
  long revision();

  /** The lowest revision that can be read; 0 when nothing was ever compacted. */
  long compactRevision();

  /** A range read of its own, outside a transaction. */
  RangeResult range(RangeRequest request);

  /** A transaction whose branches hold nothing but ranges ({@link TxnRequest#isReadOnly}). */
  TxnResult readOnlyTxn(TxnRequest request);

  /**
   * Reads keys in order until {@code maxBytes} of encoded key-values are reached, at least one if there is one. Goes
   * beyond {@code maxBytes} by less than its last key-value.
   *
   * @param range what is left to read: for the next page, {@link RangePage#rest}
   * @param revision 0 for the view's own
   * @param maxKeys the most keys to return
   */
  RangePage page(KeyRange range, long revision, int maxKeys, long maxBytes, boolean keysOnly);

  /** How many keys are in {@code range} at {@code revision}; 0 for the view's own. */
  long count(KeyRange range, long revision);

  /**
   * Reads the changes of the keys that {@code wanted} accepts in {@code [fromRevision, toRevision]}, whole revisions
   * only, ascending. Stops early when a bound is reached, but not before one revision is complete.
   *
   * @param toRevision at most the view's revision
   */
  HistoryPage readHistory(
      Predicate<Bytes> wanted, long fromRevision, long toRevision, int maxEvents, long maxBytes);

  /**
   * A digest of the history up to {@code revision} that is still readable: equal on members that agree, whenever they
   * removed compacted data.
   *
   * @param revision 0 for the view's own
   */
  StateHash hash(long revision);
}
