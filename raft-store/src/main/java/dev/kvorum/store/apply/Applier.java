package dev.kvorum.store.apply;

import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.lease.LeaseView;
import dev.kvorum.store.mvcc.CompactionStep;
import dev.kvorum.store.mvcc.View;
import java.util.List;
import java.util.SortedMap;

/**
 * Applies committed log entries, in log order, and holds the state they make.
 *
 * <p>Threading: {@link #apply} and {@link #noteIndex} belong to one thread. {@link #compactStep} and {@link #flush} may be
 * called by one other thread each, at any time. All other methods may be called by anyone and never wait.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Applier {
  private Applier() {}

  /** Reads the state from {@code engine}, which stays the caller's to close, after the last use of this object. */
  public static Applier open(Engine engine, ApplyConfig config) {
    throw new UnsupportedOperationException();
  }

  /**
   * Applies one entry. When it returns, reads see its effects; they are durable after the next flush.
   *
   * <p>An entry at or below {@link #appliedIndex} was applied before and does nothing. Anything thrown means that memory
   * and disk may disagree: the member must stop.
   */
  public AppliedEntry apply(long term, long index, List<CommandBatch> batches) {
    throw new UnsupportedOperationException();
  }

  /** Notes an entry of Raft's own, which changes nothing. Written to disk with the next entry or flush. */
  public void noteIndex(long term, long index) {
    throw new UnsupportedOperationException();
  }

  public long appliedTerm() {
    throw new UnsupportedOperationException();
  }

  public long appliedIndex() {
    throw new UnsupportedOperationException();
  }

  /** The last entry whose effects would survive a crash now; the log below it is not needed any more. Reads the disk. */
  public LogPosition persistedPosition() {
    throw new UnsupportedOperationException();
  }

  /** Makes everything applied so far durable and returns how far that is. Blocks on the disk. */
  public LogPosition flush() {
    throw new UnsupportedOperationException();
  }

  /** The store's revision. */
  public long lastRevision() {
    throw new UnsupportedOperationException();
  }

  /** The lowest revision that can be read; 0 when nothing was ever compacted. */
  public long compactRevision() {
    throw new UnsupportedOperationException();
  }

  /** The state as of now. */
  public View view() {
    throw new UnsupportedOperationException();
  }

  /** As {@code view().range(request)}; a read of the latest revision is repeated when compaction overtakes it. */
  public RangeResult range(RangeRequest request) {
    throw new UnsupportedOperationException();
  }

  public LeaseView leases() {
    throw new UnsupportedOperationException();
  }

  /** What members said about themselves, by unsigned id. */
  public SortedMap<Long, PublishedMember> members() {
    throw new UnsupportedOperationException();
  }

  /** How many entries came again after they had been applied. */
  public long skippedEntries() {
    throw new UnsupportedOperationException();
  }

  /**
   * Removes data that compaction has made unreadable, at most {@code maxRevisions} revisions of it. Call it again until
   * the answer is {@link CompactionStep#finished}, with pauses as wanted. Blocks on the disk.
   */
  public CompactionStep compactStep(int maxRevisions) {
    throw new UnsupportedOperationException();
  }
}
