package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import java.util.ArrayList;
import java.util.List;

/**
 * The synced watchers of one loop that want the same events: an event is matched once for all of them, and they are
 * handed the same list. Confined to its loop.
 */
final class WatchGroup {
  final KeyRange range;
  final boolean noPut;
  final boolean noDelete;

  private final ArrayList<Watcher> watchers = new ArrayList<>();

  /** Matched and not handed over yet; a new list each time, because sinks keep it. */
  private ArrayList<Event> pending = new ArrayList<>(1);

  private long pendingBytes;

  WatchGroup(KeyRange range, boolean noPut, boolean noDelete) {
    this.range = range;
    this.noPut = noPut;
    this.noDelete = noDelete;
  }

  boolean isEmpty() {
    return watchers.isEmpty();
  }

  int size() {
    return watchers.size();
  }

  Watcher get(int index) {
    return watchers.get(index);
  }

  void add(Watcher watcher) {
    watcher.group = this;
    watcher.groupIndex = watchers.size();
    watchers.add(watcher);
  }

  /** Puts the last one in its place, so a walk from the end may remove where it is. */
  void remove(Watcher watcher) {
    Watcher last = watchers.removeLast();
    if (last != watcher) {
      watchers.set(watcher.groupIndex, last);
      last.groupIndex = watcher.groupIndex;
    }
    watcher.group = null;
  }

  boolean wantsKind(Event event) {
    return event.isDelete() ? !noDelete : !noPut;
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  long pendingBytes() {
    return pendingBytes;
  }

  /** Returns the bytes added. */
  long addPending(Event event) {
    long bytes = wireBytes(event);
    pending.add(event);
    pendingBytes += bytes;
    return bytes;
  }

  List<Event> takePending() {
    List<Event> taken = pending;
    pending = new ArrayList<>(1);
    pendingBytes = 0;
    return taken;
  }

  /** About what {@code event} takes in a response, with the previous version. */
  static long wireBytes(Event event) {
    KeyValue prevKv = event.prevKv();
    return 16L + event.kv().encoded().length + (prevKv == null ? 0 : prevKv.encoded().length);
  }
}
