package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads changes by revision, for watchers that are behind. Thread-safe.
 *
 * <p>The change exactly at the compact revision can still be read, also a deletion; what it replaced cannot.
 */
final class HistoryReader {
  /** Changes looked at per call, as a multiple of the events asked for: a search for few keys must not scan without end. */
  private static final int LOOKS_PER_EVENT = 32;

  private static final int MIN_LOOKS = 4096;

  private final Engine engine;
  private final Values values;
  private final LongSupplier compactRevision;

  HistoryReader(Engine engine, Values values, LongSupplier compactRevision) {
    this.engine = engine;
    this.values = values;
    this.compactRevision = compactRevision;
  }

  HistoryPage read(
      Snapshot snapshot,
      Predicate<Bytes> wanted,
      long fromRevision,
      long toRevision,
      int maxEvents,
      long maxBytes) {
    long first = Math.max(fromRevision, 1);
    long last = Math.min(toRevision, snapshot.revision());
    if (first > last) {
      return new HistoryPage(List.of(), first);
    }
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    long looks = Math.max(MIN_LOOKS, (long) maxEvents * LOOKS_PER_EVENT);
    long previousRevision = 0;
    try (Cursor cursor =
        engine.scan(Family.EVENTS, Rows.event(first, 0), Rows.event(last + 1, 0), ScanKind.BULK)) {
      requireReadable(fromRevision); // after the cursor has fixed what it sees
      while (cursor.next()) {
        long revision = Rows.eventRevision(cursor.key());
        if (revision != previousRevision) {
          if (previousRevision != 0
              && (events.size() >= maxEvents || bytes >= maxBytes || looks <= 0)) {
            return new HistoryPage(events, revision);
          }
          previousRevision = revision;
        }
        looks--;
        Rows.Change change = Rows.change(cursor.key(), cursor.value());
        if (wanted.test(Bytes.wrap(change.key()))) {
          Event event = event(snapshot, change, fromRevision);
          events.add(event);
          KeyValue previous = event.prevKv();
          bytes += event.kv().encoded().length + (previous == null ? 0 : previous.encoded().length);
        }
      }
    }
    return new HistoryPage(events, last + 1);
  }

  private void requireReadable(long fromRevision) {
    long compacted = compactRevision.getAsLong();
    if (fromRevision < compacted) {
      throw StoreException.compacted(compacted);
    }
  }

  private Event event(Snapshot snapshot, Rows.Change change, long fromRevision) {
    KeyValue previous = null;
    if (change.replacedRevision() != 0 && change.revision() > snapshot.compactRevision()) {
      previous = version(snapshot, change.key(), change.replacedRevision());
      if (previous == null && compactRevision.getAsLong() < change.revision()) {
        throw values.missing(change.key(), change.replacedRevision(), change.revision() - 1);
      }
    }
    if (change.delete()) {
      return Event.delete(
          KeyValue.tombstone(Bytes.wrap(change.key()), change.revision()), previous);
    }
    KeyValue written = version(snapshot, change.key(), change.revision());
    if (written == null) {
      throw values.missing(change.key(), change.revision(), fromRevision);
    }
    return Event.put(written, previous);
  }

  /** A version by its mod revision, from memory if it is there; null if compaction has removed it. */
  private @Nullable KeyValue version(Snapshot snapshot, byte[] key, long modRevision) {
    Version newest = snapshot.tree().get(key);
    Version version = newest == null ? null : newest.newestAt(modRevision);
    if (version != null && version.modRevision == modRevision) {
      KeyValue cached = version.cached;
      if (cached != null) {
        return cached;
      }
    }
    return values.readRow(key, modRevision);
  }
}
