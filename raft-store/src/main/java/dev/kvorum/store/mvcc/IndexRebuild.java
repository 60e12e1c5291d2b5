package dev.kvorum.store.mvcc;

import dev.kvorum.store.KeyValue;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import dev.kvorum.store.tree.Editor;
import dev.kvorum.store.tree.SortedTree;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the key index from the rows, in one pass in key order. Rows that compaction has made unreadable and not removed
 * yet are left out.
 */
final class IndexRebuild {
  private static final long ROWS_PER_REPORT = 100_000;

  private final Engine engine;
  private final long revision;
  private final long compactRevision;
  private final LeaseBook leases;
  private final LongConsumer progress;
  private final Editor<Version> index = SortedTree.<Version>empty().edit();
  private long storedBytes;

  /** The key being read, its newest version and its oldest readable one so far. */
  private byte @Nullable [] key;

  private @Nullable Version newest;
  private @Nullable Version oldest;

  IndexRebuild(
      Engine engine, long revision, long compactRevision, LeaseBook leases, LongConsumer progress) {
    this.engine = engine;
    this.revision = revision;
    this.compactRevision = compactRevision;
    this.leases = leases;
    this.progress = progress;
  }

  SortedTree<Version> run() {
    long rows = 0;
    try (Cursor cursor = engine.scan(Family.KV, new byte[0], null, ScanKind.BULK)) {
      while (cursor.next()) {
        add(KeyValue.decode(cursor.value()));
        if (++rows % ROWS_PER_REPORT == 0) {
          progress.accept(rows);
        }
      }
    }
    finishKey();
    return index.freeze();
  }

  /** About how many bytes are stored of what is in the index; after {@link #run}. */
  long storedBytes() {
    return storedBytes;
  }

  private void add(KeyValue row) {
    if (row.modRevision() > revision) {
      throw new IllegalStateException(
          "row of revision " + row.modRevision() + " in a store at revision " + revision);
    }
    byte[] current = key;
    if (current == null || !row.key().equals(dev.kvorum.store.Bytes.wrap(current))) {
      finishKey();
      key = row.key().toByteArray();
    }
    Version above = oldest;
    if (above != null && above.modRevision <= compactRevision) {
      return; // the newest readable version at the compact revision was seen; nothing older counts
    }
    if (row.version() == 0 && row.modRevision() <= compactRevision && above == null) {
      oldest =
          new Version(row, null); // the key does not exist at the compact revision nor after it
      return;
    }
    Version version = new Version(row, null);
    if (above == null) {
      newest = version;
    } else if (row.version() != 0 || row.modRevision() > compactRevision) {
      above.linkOlder(version);
    }
    oldest = version;
  }

  private void finishKey() {
    byte[] finished = key;
    Version head = newest;
    if (finished != null && head != null) {
      index.put(finished, head);
      storedBytes += head.storedBytesOfChain();
      if (head.lease != 0) {
        leases.moved(finished, 0, head.lease);
      }
    }
    key = null;
    newest = null;
    oldest = null;
  }
}
