package dev.kvorum.store.auth;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys made of ranges: ranges that touch or overlap count as one. Immutable.
 *
 * <p>Example: {@code [a, c)}, {@code [c, f)} and the key {@code f} are one interval up to and with {@code f}, so {@code
 * [b, f)} is covered although no single grant covers it.
 */
final class KeyUnion {
  /** From {@code start} on, up to but without {@code end}; null for no end. */
  private record Interval(Bytes start, @Nullable Bytes end) {
    boolean contains(Bytes key) {
      return key.compareTo(start) >= 0 && (end == null || key.compareTo(end) < 0);
    }
  }

  /** Ascending; no two touch. */
  private final List<Interval> intervals;

  private KeyUnion(List<Interval> intervals) {
    this.intervals = intervals;
  }

  static KeyUnion of(List<KeyRange> ranges) {
    List<Interval> sorted = new ArrayList<>();
    for (KeyRange range : ranges) {
      if (!range.isEmpty()) {
        sorted.add(new Interval(range.key(), end(range)));
      }
    }
    sorted.sort(Comparator.comparing(Interval::start));
    List<Interval> merged = new ArrayList<>();
    for (Interval next : sorted) {
      Interval last = merged.isEmpty() ? null : merged.getLast();
      if (last == null || (last.end() != null && last.end().compareTo(next.start()) < 0)) {
        merged.add(next);
      } else if (isBelow(last.end(), next.end())) {
        merged.set(merged.size() - 1, new Interval(last.start(), next.end()));
      }
    }
    return new KeyUnion(List.copyOf(merged));
  }

  boolean contains(Bytes key) {
    return find(key) != null;
  }

  /**
   * Whether every key of {@code range} is in here. A range without an end needs an interval without one. One that is
   * upside down holds no key; its first key decides, as in etcd.
   */
  boolean covers(KeyRange range) {
    Interval interval = find(range.key());
    if (interval == null) {
      return false;
    }
    if (range.isSingle() || range.isEmpty()) {
      return true;
    }
    return !isBelow(interval.end(), end(range));
  }

  /** Whether every key of a sorted set is in here, by visiting one key of it per interval. */
  boolean coversAll(SortedKeys keys) {
    Bytes key = keys.firstFrom(Bytes.EMPTY);
    while (key != null) {
      Interval interval = find(key);
      if (interval == null) {
        return false;
      }
      Bytes end = interval.end();
      key = end == null ? null : keys.firstFrom(end);
    }
    return true;
  }

  /** A sorted set of keys. */
  interface SortedKeys {
    @Nullable
    Bytes firstFrom(Bytes from);
  }

  private @Nullable Interval find(Bytes key) {
    int low = 0;
    int high = intervals.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Interval candidate = intervals.get(middle);
      if (candidate.contains(key)) {
        return candidate;
      }
      if (key.compareTo(candidate.start()) < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return null;
  }

  /** Null stands for no end. */
  private static boolean isBelow(@Nullable Bytes end, @Nullable Bytes other) {
    return end != null && (other == null || end.compareTo(other) < 0);
  }

  private static @Nullable Bytes end(KeyRange range) {
    if (range.isOpenEnded()) {
      return null;
    }
    if (!range.isSingle()) {
      return range.rangeEnd();
    }
    byte[] next = new byte[range.key().length() + 1];
    range.key().copyTo(next, 0);
    return Bytes.wrap(next);
  }
}
