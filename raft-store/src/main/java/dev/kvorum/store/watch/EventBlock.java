package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import java.util.List;

/**
 * What one applied log entry changed.
 *
 * @param sequence position in the {@link EventRing}
 * @param firstRevision one above the last revision of the block before; so neighbours can tell that none is missing
 * @param lastRevision the revision after the entry
 * @param events every event in {@code [firstRevision, lastRevision]}, ascending
 * @param heapBytes what the events may come to hold
 */
record EventBlock(
    long sequence, long firstRevision, long lastRevision, List<Event> events, long heapBytes) {
  /** The index of the first event at or after {@code revision}. */
  int indexOf(long revision) {
    if (revision <= firstRevision) {
      return 0;
    }
    int low = 0;
    int high = events.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events.get(middle).revision() < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
