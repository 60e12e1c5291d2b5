package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Digests history: every version that can be read at some revision from the compact revision to the last one covered, in
 * key order, newest first.
 *
 * <p>Reads a slice at a time, each with a cursor of its own, so that a long digest neither pins files that are no longer
 * needed nor keeps the engine from being closed. The slices fit together, because a row never changes and disappears
 * only once compaction has made it unreadable: if it has not moved on since the digest began, nothing that counts is
 * gone. If it has, the digest begins again.
 */
final class HistoryHasher {
  private static final int SLICE_ROWS = 16_384;

  private final Engine engine;
  private final Supplier<Snapshot> newest;
  private final int sliceRows;

  HistoryHasher(Engine engine, Supplier<Snapshot> newest) {
    this(engine, newest, SLICE_ROWS);
  }

  HistoryHasher(Engine engine, Supplier<Snapshot> newest, int sliceRows) {
    this.engine = engine;
    this.newest = newest;
    this.sliceRows = sliceRows;
  }

  /**
   * Digests history up to {@code revision}.
   *
   * @param revision 0 for that of {@code snapshot}; nothing is covered when it is negative
   */
  StateHash hash(Snapshot snapshot, long revision) {
    Snapshot current = snapshot;
    while (true) {
      long last = revision == 0 ? snapshot.revision() : revision;
      if (last > current.revision()) {
        throw StoreException.of(StoreException.Kind.FUTURE_REVISION);
      }
      if (last < current.compactRevision()) {
        if (revision > 0) {
          throw StoreException.compacted(current.compactRevision());
        }
        last = revision == 0 ? current.revision() : revision;
      }
      Run run = new Run(last, current.compactRevision());
      Snapshot overtaken = run.overAllRows();
      if (overtaken == null) {
        return new StateHash(run.hash.value(), last, current.compactRevision());
      }
      current = overtaken;
    }
  }

  /** One attempt. */
  private final class Run {
    private final long last;
    private final long compactRevision;
    private final Hash64 hash = new Hash64();
    private Bytes key = Bytes.EMPTY;
    private boolean belowCompact;
    private byte[] from = new byte[0];

    Run(long last, long compactRevision) {
      this.last = last;
      this.compactRevision = compactRevision;
    }

    /** Null when done; else the state in which compaction has moved on. */
    @Nullable
    Snapshot overAllRows() {
      boolean more = last > 0;
      while (more) {
        try (Cursor cursor = engine.scan(Family.KV, from, null, ScanKind.BULK)) {
          Snapshot now = newest.get(); // after the cursor has fixed what it sees
          if (now.compactRevision() != compactRevision) {
            return now;
          }
          more = slice(cursor);
        }
      }
      return null;
    }

    private boolean slice(Cursor cursor) {
      for (int rows = 0; rows < sliceRows; rows++) {
        if (!cursor.next()) {
          return false;
        }
        add(KeyValue.decode(cursor.value()));
        if (rows == sliceRows - 1) {
          from = after(cursor.key());
        }
      }
      return true;
    }

    private void add(KeyValue row) {
      if (!row.key().equals(key)) {
        key = row.key();
        belowCompact = false;
      }
      if (row.modRevision() > last || belowCompact) {
        return;
      }
      belowCompact = row.modRevision() <= compactRevision;
      if (!belowCompact || row.version() != 0) {
        hash.add(row.encoded());
      }
    }
  }

  private static byte[] after(byte[] row) {
    byte[] next = Arrays.copyOf(row, row.length + 1);
    return next;
  }
}
