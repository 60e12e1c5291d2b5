package dev.kvorum.apiserver.watch;

import java.util.ArrayDeque;
import java.util.Iterator;

/** The latest changes of a resource, within bounds. Of one thread. */
final class ChangeRing {
  private final int maxChanges;
  private final long maxBytes;
  private final ArrayDeque<CachedChange> changes = new ArrayDeque<>();
  private long bytes;

  /** Every change after this revision is here, up to {@link #revision}. */
  private long floor;

  private long revision;

  ChangeRing(int maxChanges, long maxBytes) {
    this.maxChanges = maxChanges;
    this.maxBytes = maxBytes;
  }

  /** Forgets all; what comes next comes after {@code revision}. */
  void restart(long revision) {
    changes.clear();
    bytes = 0;
    floor = revision;
    this.revision = revision;
  }

  void add(CachedChange change) {
    changes.addLast(change);
    bytes += change.bytes();
    revision = change.revision();
    while (changes.size() > maxChanges || bytes > maxBytes) {
      drop();
    }
  }

  /** Drops the oldest revision: never a part of one. */
  private void drop() {
    floor = changes.getFirst().revision();
    while (!changes.isEmpty() && changes.getFirst().revision() == floor) {
      bytes -= changes.removeFirst().bytes();
    }
  }

  /** That nothing else has happened up to a revision. */
  void reached(long revision) {
    this.revision = Math.max(this.revision, revision);
  }

  long revision() {
    return revision;
  }

  /** Whether all that came after a revision is here. */
  boolean covers(long after) {
    return after >= floor;
  }

  long floor() {
    return floor;
  }

  /** What came after a revision, in order. */
  Iterator<CachedChange> after(long after) {
    Iterator<CachedChange> all = changes.iterator();
    if (after <= floor) {
      return all;
    }
    // Who joins is mostly not far behind: looked for from the end.
    int skip = changes.size();
    Iterator<CachedChange> backwards = changes.descendingIterator();
    while (backwards.hasNext() && backwards.next().revision() > after) {
      skip--;
    }
    for (int i = 0; i < skip; i++) {
      all.next();
    }
    return all;
  }
}
