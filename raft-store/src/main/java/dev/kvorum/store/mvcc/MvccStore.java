package dev.kvorum.store.mvcc;

import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.tree.Editor;
import java.util.function.LongConsumer;

/**
 * The multi-version store: an index of all keys and their versions in memory, the key-values themselves in the engine.
 *
 * <p>Threading: one writer at a time, which holds {@link #writerLock} from {@link #begin} to {@link #publish}; readers
 * take a {@link #view} and need no lock.
 *
 * <p>Invariant: what is published has been written to the engine. What the writer changes is seen by nobody before
 * {@link #publish}; a writer that fails in between leaves the store unusable, because its changes cannot be taken back.
 */
public final class MvccStore {
  /** The revision of a store in which nothing was ever written. */
  public static final long FIRST_REVISION = 1;

  /** The compact revision of a store that was never compacted. */
  public static final long NEVER_COMPACTED = Snapshot.NEVER_COMPACTED;

  private final Object writerLock = new Object();
  private final Engine engine;
  private final ValueCache cache;
  private final RecentChanges recent;
  private final Editor<Version> index;
  private final RetainedBytes retained;
  private final Values values;
  private final RangeReader ranges;
  private final TxnReader txns;
  private final HistoryReader history;
  private final Compactor compactor;
  private volatile Snapshot published;
  private boolean writing; // guarded by writerLock

  /**
   * Reads the index from {@code engine}.
   *
   * @param revision the store's revision, as stored beside the data
   * @param compactRevision likewise; {@link #NEVER_COMPACTED} if there is none
   * @param leases told of every key that is attached to a lease
   * @param progress told from time to time how many rows were read
   */
  public MvccStore(
      Engine engine,
      long revision,
      long compactRevision,
      long valueCacheBytes,
      int recentChanges,
      LeaseBook leases,
      LongConsumer progress) {
    this.engine = engine;
    cache = new ValueCache(valueCacheBytes);
    recent = new RecentChanges(recentChanges, revision);
    IndexRebuild rebuild = new IndexRebuild(engine, revision, compactRevision, leases, progress);
    index = rebuild.run().edit();
    retained = new RetainedBytes(rebuild.storedBytes());
    published = new Snapshot(index.freeze(), revision, compactRevision, recent.mark());
    values = new Values(engine, cache, this::currentCompactRevision);
    ranges = new RangeReader(values, this::currentCompactRevision);
    txns = new TxnReader(ranges, values);
    history = new HistoryReader(engine, values, this::currentCompactRevision);
    byte[] compacted = engine.get(Family.META, Rows.COMPACTED);
    compactor = new Compactor(
        this, engine, compacted == null ? NEVER_COMPACTED : Rows.readLong(compacted, 0));
  }

  /** Held by the writer; see the class comment. */
  public Object writerLock() {
    return writerLock;
  }

  /** Begins the changes of one log entry, which all go into {@code batch}. */
  public MvccWriter begin(EngineBatch batch, LeaseBook leases) {
    if (writing) {
      throw new IllegalStateException("an earlier writer did not finish");
    }
    writing = true;
    Snapshot now = published;
    return new MvccWriter(
        index,
        recent,
        retained,
        now.revision(),
        now.compactRevision(),
        batch,
        leases,
        values,
        ranges,
        txns);
  }

  /** Makes the changes of {@code writer} visible, after its batch was written. */
  public void publish(MvccWriter writer) {
    writer.pending().forEach(cache::admitWritten);
    published =
        new Snapshot(index.freeze(), writer.revision(), writer.compactRevision(), recent.mark());
    writing = false;
  }

  /** The state as of now. */
  public View view() {
    return new SnapshotView(published, ranges, txns, history, engine, () -> published);
  }

  /** The revision of the last change. */
  public long revision() {
    return published.revision();
  }

  /** The lowest revision that can be read; 0 when nothing was ever compacted. */
  public long compactRevision() {
    return Math.max(0, published.compactRevision());
  }

  /** As {@link #compactRevision}, but {@link #NEVER_COMPACTED} when nothing was ever compacted: as it is stored. */
  public long storedCompactRevision() {
    return published.compactRevision();
  }

  /** Removes compacted data; see {@link Compactor#step}. At most one thread at a time. */
  public CompactionStep compactStep(int maxRevisions) {
    return compactor.step(maxRevisions);
  }

  /** How far the removal of compacted data has come. Any thread. */
  public CompactionStep compaction() {
    return compactor.progress();
  }

  /** About how many bytes are stored of what can still be read. Any thread. */
  public long retainedBytes() {
    return retained.get();
  }

  /** What is published now. */
  Snapshot snapshot() {
    return published;
  }

  long currentCompactRevision() {
    return published.compactRevision();
  }

  /** Cuts off what cannot be read any more of some keys; called by the compactor. */
  void prune(Iterable<byte[]> keys, long compactRevision) {
    synchronized (writerLock) {
      if (writing) {
        throw new IllegalStateException("an earlier writer did not finish");
      }
      boolean removed = false;
      for (byte[] key : keys) {
        removed |= prune(key, compactRevision);
      }
      if (removed) {
        Snapshot now = published;
        published =
            new Snapshot(index.freeze(), now.revision(), now.compactRevision(), now.recent());
      }
    }
  }

  private boolean prune(byte[] key, long compactRevision) {
    Version version = index.current().get(key);
    Version newer = null;
    while (version != null && version.modRevision > compactRevision) {
      newer = version;
      version = version.older();
    }
    if (version == null) {
      return false;
    }
    if (!version.isTombstone()) {
      retained.add(version.storedBytes() - version.storedBytesOfChain());
      version.forgetOlder();
      return false;
    }
    retained.add(-version.storedBytesOfChain());
    if (newer == null) {
      return index.remove(key);
    }
    newer.forgetOlder();
    return false;
  }
}
