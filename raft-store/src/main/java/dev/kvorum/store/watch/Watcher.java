package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A position in the sequence of revisions, on behalf of one client's watch. Confined to its loop.
 *
 * <p>Invariant: every event below the position that the watcher wants was handed over, none at or above it was.
 */
final class Watcher {
  /** Where a watcher is. It is in exactly one place; each place says what makes it leave. */
  enum Place {
    /** In its group: the position is the loop's and not kept here. Leaves when its stream cannot take an event. */
    SYNCED,
    /** Starts above the loop's revision. Leaves when that is reached. */
    FUTURE,
    /** In line for a turn at catching up. */
    QUEUED,
    /** Its stream takes nothing now. Leaves when that is ready. */
    WAITING,
    /** Fell off the ring; in line for a page of history. */
    HISTORY,
    /** A page of history is being read for it, or has been and its stream takes nothing now. */
    READING,
    /** Ended. */
    GONE
  }

  final HubWatchStream stream;
  final long id;
  final long serial;
  final WatchRequest request;
  final KeyRange range;
  Place place = Place.GONE;

  /** The next revision to see; meaningful in every place but SYNCED and GONE. */
  long nextRevision;

  /** While SYNCED. */
  @Nullable
  WatchGroup group;

  /** Index in the group while SYNCED. */
  int groupIndex;

  /** When something was handed over last, by the loop's clock. */
  long lastSentNanos;

  /**
   * @param serial unique on the loop, ascending
   * @param range what {@code request} says, with an empty key replaced by the lowest one
   */
  Watcher(HubWatchStream stream, long id, long serial, WatchRequest request, KeyRange range) {
    this.stream = stream;
    this.id = id;
    this.serial = serial;
    this.request = request;
    this.range = range;
  }

  boolean isSynced() {
    return place == Place.SYNCED;
  }

  /** Whether the filters and the range let {@code event} through. */
  boolean wants(Event event) {
    return wantsKind(event) && range.contains(event.kv().key());
  }

  /** Whether the filters let {@code event} through. */
  boolean wantsKind(Event event) {
    return event.isDelete() ? !request.noDelete() : !request.noPut();
  }

  void send(List<Event> events, long revision) {
    lastSentNanos = stream.loop().nowNanos();
    stream.events(this, revision, events);
  }
}
