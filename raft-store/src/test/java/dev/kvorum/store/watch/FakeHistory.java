package dev.kvorum.store.watch;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Everything that ever happened, in memory; also what tests compare deliveries with. Thread-safe. */
final class FakeHistory implements History {
  /** One key that a revision changes; a null value deletes it. */
  record Change(Bytes key, @Nullable Bytes value) {
    static Change put(String key, String value) {
      return new Change(Bytes.utf8(key), Bytes.utf8(value));
    }

    static Change delete(String key) {
      return new Change(Bytes.utf8(key), null);
    }
  }

  private final List<List<Event>> revisions = new ArrayList<>(); // revision r at index r - 2
  private final Map<Bytes, KeyValue> live = new HashMap<>();
  private long compactRevision;
  private int searchLimit = Integer.MAX_VALUE;
  private int reads;
  private @Nullable StoreException failure;

  /** Adds a revision and returns its events. */
  synchronized List<Event> apply(List<Change> changes) {
    long revision = currentRevision() + 1;
    List<Event> events = new ArrayList<>();
    for (Change change : changes) {
      KeyValue previous = live.get(change.key());
      if (change.value() != null) {
        KeyValue kv = previous == null
            ? KeyValue.of(change.key(), revision, revision, 1, change.value(), 0)
            : KeyValue.of(
                change.key(),
                previous.createRevision(),
                revision,
                previous.version() + 1,
                change.value(),
                0);
        live.put(change.key(), kv);
        events.add(Event.put(kv, previous));
      } else if (previous != null) {
        live.remove(change.key());
        events.add(Event.delete(KeyValue.tombstone(change.key(), revision), previous));
      }
    }
    if (!events.isEmpty()) {
      revisions.add(events);
    }
    return events;
  }

  synchronized void compact(long revision) {
    compactRevision = revision;
  }

  /** How many revisions one read goes through at most. */
  synchronized void searchLimit(int limit) {
    searchLimit = limit;
  }

  /** Makes every read fail from now on. */
  synchronized void fail(StoreException with) {
    failure = with;
  }

  synchronized int reads() {
    return reads;
  }

  /** Every event in {@code [from, to]} that {@code watcher} would want, ignoring compaction. */
  synchronized List<Event> events(
      KeyRange range, boolean noPut, boolean noDelete, long from, long to) {
    List<Event> found = new ArrayList<>();
    for (long revision = Math.max(from, 2);
        revision <= Math.min(to, currentRevision());
        revision++) {
      for (Event event : revisions.get((int) (revision - 2))) {
        if (range.contains(event.kv().key()) && !(event.isDelete() ? noDelete : noPut)) {
          found.add(event);
        }
      }
    }
    return found;
  }

  @Override
  public synchronized long currentRevision() {
    return 1L + revisions.size();
  }

  @Override
  public synchronized long compactRevision() {
    return compactRevision;
  }

  @Override
  public synchronized HistoryPage read(
      Predicate<Bytes> wanted, long fromRevision, long toRevision, int maxEvents, long maxBytes) {
    reads++;
    if (failure != null) {
      throw failure;
    }
    if (fromRevision < compactRevision) {
      throw StoreException.compacted(compactRevision);
    }
    if (toRevision > currentRevision()) {
      throw new IllegalArgumentException(toRevision + " is above " + currentRevision());
    }
    List<Event> found = new ArrayList<>();
    long bytes = 0;
    long revision = fromRevision;
    for (int searched = 0;
        revision <= toRevision && searched < searchLimit;
        revision++, searched++) {
      List<Event> more = events(KeyRange.ALL, false, false, revision, revision).stream()
          .filter(event -> wanted.test(event.kv().key()))
          .toList();
      bytes += more.stream().mapToLong(WatchGroup::wireBytes).sum();
      if (!found.isEmpty() && (found.size() + more.size() > maxEvents || bytes > maxBytes)) {
        break;
      }
      found.addAll(more);
    }
    return new HistoryPage(List.copyOf(found), revision);
  }
}
