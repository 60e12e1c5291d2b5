package dev.kvorum.store.mvcc;

import dev.kvorum.store.KeyValue;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key-values of versions: in memory if they are there, else in the engine. Thread-safe.
 *
 * <p>A version that a reader may see has a row, unless compaction has passed the revision the reader is at. So a row
 * that is missing means one of two things: the read must fail as compacted, or data was lost and the member must stop.
 */
final class Values {
  /** From this many misses on, one cursor is cheaper than single reads. */
  private static final int CURSOR_FROM_MISSES = 16;

  /** Rows to step over before seeking instead. */
  private static final int MAX_STEPS = 8;

  private final Engine engine;
  private final ValueCache cache;
  private final LongSupplier compactRevision;

  /** @param compactRevision the current one, whatever snapshot a reader holds */
  Values(Engine engine, ValueCache cache, LongSupplier compactRevision) {
    this.engine = engine;
    this.cache = cache;
    this.compactRevision = compactRevision;
  }

  /** The key-value of a version that is visible at {@code revision}. */
  KeyValue load(byte[] key, Version version, long revision) {
    KeyValue hit = hit(version);
    if (hit != null) {
      return hit;
    }
    KeyValue read = readRow(key, version.modRevision);
    if (read == null) {
      throw missing(key, version.modRevision, revision);
    }
    cache.admitRead(version, read);
    return read;
  }

  /** The key-value as the engine has it; null if it has none. */
  @Nullable
  KeyValue readRow(byte[] key, long modRevision) {
    byte[] row = engine.get(Family.KV, Rows.version(key, modRevision));
    return row == null ? null : KeyValue.decode(row);
  }

  /** The key-values of {@code found}, in the same order; all are visible at {@code revision}. */
  List<KeyValue> loadAll(List<Found> found, long revision) {
    KeyValue[] values = new KeyValue[found.size()];
    int[] misses = new int[found.size()];
    int missCount = 0;
    for (int i = 0; i < values.length; i++) {
      KeyValue hit = hit(found.get(i).version());
      if (hit == null) {
        misses[missCount++] = i;
      } else {
        values[i] = hit;
      }
    }
    if (missCount >= CURSOR_FROM_MISSES) {
      loadByCursor(found, Arrays.copyOf(misses, missCount), values, revision);
    } else {
      for (int i = 0; i < missCount; i++) {
        Found miss = found.get(misses[i]);
        values[misses[i]] = load(miss.key(), miss.version(), revision);
      }
    }
    return Arrays.asList(values);
  }

  /**
   * The key-values of {@code found}, which is in ascending key order, until {@code maxBytes} of them are loaded: never
   * less than one if there is one, and beyond {@code maxBytes} by less than the last. Leaves the cache as it is: what is
   * read in bulk is not read again soon.
   */
  List<KeyValue> loadInOrder(List<Found> found, long revision, long maxBytes) {
    int misses = 0;
    for (Found each : found) {
      misses += each.version().cached == null ? 1 : 0;
    }
    List<KeyValue> loaded = new ArrayList<>(found.size());
    if (misses < CURSOR_FROM_MISSES) {
      long bytes = 0;
      for (int i = 0; i < found.size() && (bytes < maxBytes || i == 0); i++) {
        Found each = found.get(i);
        KeyValue hit = hit(each.version());
        KeyValue next = hit != null ? hit : readRow(each.key(), each.version().modRevision);
        loaded.add(there(next, each, revision));
        bytes += loaded.getLast().encoded().length;
      }
      return loaded;
    }
    byte[] first = row(found.getFirst());
    byte[] last = row(found.getLast());
    byte[] end = Arrays.copyOf(last, last.length + 1);
    try (Cursor cursor = engine.scan(Family.KV, first, end, ScanKind.REQUEST)) {
      long bytes = 0;
      for (int i = 0; i < found.size() && (bytes < maxBytes || i == 0); i++) {
        Found each = found.get(i);
        KeyValue next = hit(each.version());
        if (next == null && moveTo(cursor, row(each))) {
          next = KeyValue.decode(cursor.value());
        }
        loaded.add(there(next, each, revision));
        bytes += loaded.getLast().encoded().length;
      }
    }
    return loaded;
  }

  private static byte[] row(Found found) {
    return Rows.version(found.key(), found.version().modRevision);
  }

  private KeyValue there(@Nullable KeyValue keyValue, Found found, long revision) {
    if (keyValue == null) {
      throw missing(found.key(), found.version().modRevision, revision);
    }
    return keyValue;
  }

  private void loadByCursor(List<Found> found, int[] misses, KeyValue[] values, long revision) {
    List<Wanted> wanted = new ArrayList<>(misses.length);
    for (int miss : misses) {
      Found each = found.get(miss);
      wanted.add(new Wanted(miss, each, Rows.version(each.key(), each.version().modRevision)));
    }
    wanted.sort(
        Comparator.comparing(Wanted::row, Arrays::compareUnsigned)); // linear when sorted already
    long bytes = 0;
    byte[] last = wanted.getLast().row();
    byte[] end = Arrays.copyOf(last, last.length + 1);
    try (Cursor cursor = engine.scan(Family.KV, wanted.getFirst().row(), end, ScanKind.REQUEST)) {
      for (Wanted each : wanted) {
        if (!moveTo(cursor, each.row())) {
          throw missing(each.found().key(), each.found().version().modRevision, revision);
        }
        KeyValue read = KeyValue.decode(cursor.value());
        values[each.position()] = read;
        bytes += read.encoded().length;
      }
    }
    if (cache.isWorthKeeping(bytes)) {
      for (Wanted each : wanted) {
        cache.admitRead(each.found().version(), values[each.position()]);
      }
    }
  }

  /** Moves forward to {@code row}; false if it is not there. */
  private static boolean moveTo(Cursor cursor, byte[] row) {
    for (int step = 0; step < MAX_STEPS; step++) {
      if (!cursor.next()) {
        return false;
      }
      int order = Arrays.compareUnsigned(cursor.key(), row);
      if (order >= 0) {
        return order == 0;
      }
    }
    return cursor.seek(row) && Arrays.equals(cursor.key(), row);
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
  private record Wanted(int position, Found found, byte[] row) {}

  private static @Nullable KeyValue hit(Version version) {
    KeyValue cached = version.cached;
    if (cached != null && !version.recentlyUsed) {
      version.recentlyUsed = true;
    }
    return cached;
  }

  /** What to throw when a version visible at {@code revision} has no row. */
  RuntimeException missing(byte[] key, long modRevision, long revision) {
    long compacted = compactRevision.getAsLong();
    return compacted > revision
        ? StoreException.compacted(compacted)
        : new IllegalStateException("no row for version " + modRevision + " of key "
            + dev.kvorum.store.Bytes.wrap(key) + ", read at " + revision + ", compacted at "
            + compacted);
  }
}
