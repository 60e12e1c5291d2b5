package dev.kvorum.store.mvcc;

import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes the rows and index entries that the compact revision has made unreadable, a bounded step at a time.
 *
 * <p>Driven by history: a change at revision m ≤ compact revision means that the version it replaced can no longer be
 * read; if it is a deletion, neither can its own tombstone. So one pass over the changes since the last compaction finds
 * everything, without looking at keys that did not change. Every delete can be repeated harmlessly, and how far it came
 * is stored with the deletes, so a crash only costs the last step.
 *
 * <p>Readers below the compact revision may find rows or links gone; they check the compact revision afterwards.
 */
final class Compactor {
  /** Changes per batch and per hold of the writer lock. */
  private static final int SLICE = 256;

  private final MvccStore store;
  private final Engine engine;

  /** Every change up to here is done. */
  private volatile long physicalRevision;

  /** Where this run ends; a newer compact revision waits for the next run. Only the compacting thread uses it. */
  private long target;

  Compactor(MvccStore store, Engine engine, long physicalRevision) {
    this.store = store;
    this.engine = engine;
    this.physicalRevision = physicalRevision;
    this.target = physicalRevision;
  }

  CompactionStep progress() {
    return new CompactionStep(physicalRevision, store.currentCompactRevision());
  }

  /** Does up to {@code maxRevisions} revisions. */
  CompactionStep step(int maxRevisions) {
    if (target <= physicalRevision) {
      target = store.currentCompactRevision();
    }
    if (physicalRevision < target) {
      work(maxRevisions);
    }
    return progress();
  }

  private void work(int maxRevisions) {
    List<byte[]> keys = new ArrayList<>(SLICE);
    EngineBatch batch = new EngineBatch();
    long done = physicalRevision;
    int revisions = 0;
    try (Cursor cursor = engine.scan(
        Family.EVENTS,
        Rows.event(Math.max(0, physicalRevision + 1), 0),
        Rows.event(target + 1, 0),
        ScanKind.BULK)) {
      while (true) {
        if (!cursor.next()) {
          done = target;
          break;
        }
        Rows.Change change = Rows.change(cursor.key(), cursor.value());
        if (change.revision() != done) {
          if (revisions == maxRevisions) {
            break;
          }
          revisions++;
          done = change.revision();
        }
        if (change.replacedRevision() != 0) {
          batch.delete(Family.KV, Rows.version(change.key(), change.replacedRevision()));
        }
        if (change.delete()) {
          batch.delete(Family.KV, Rows.version(change.key(), change.revision()));
        }
        keys.add(change.key());
        if (keys.size() == SLICE) {
          engine.write(batch);
          store.prune(keys, target);
          batch = new EngineBatch();
          keys.clear();
        }
      }
    }
    boolean finished = done == target;
    if (finished) {
      batch.deleteRange(Family.EVENTS, Rows.event(0, 0), Rows.event(target, 0));
    }
    batch.put(Family.META, Rows.COMPACTED, Rows.longValue(done));
    engine.write(batch);
    store.prune(keys, target);
    physicalRevision = done;
    if (finished) {
      dropFiles();
    }
  }

  /**
   * Frees files of history that nobody reads. Unlike a write this outlives a crash, so it goes only as far as a restart
   * now would still know that compaction has come.
   */
  private void dropFiles() {
    byte[] persisted = engine.getPersisted(Family.META, Rows.COMPACTED);
    if (persisted != null) {
      long revision = Math.max(0, Rows.readLong(persisted, 0));
      engine.dropFiles(Family.EVENTS, Rows.event(0, 0), Rows.event(revision, 0));
    }
  }
}
