package dev.kvorum.grpc.wire;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** A set of keys, given one by one or as ranges. Ranges that touch are kept as one, so that a lookup is logarithmic. */
final class KeySet {
  private final TreeSet<Bytes> keys = new TreeSet<>();
  private final TreeMap<Bytes, KeyRange> rangesByStart = new TreeMap<>(); // disjoint, none empty

  boolean contains(Bytes key) {
    Map.Entry<Bytes, KeyRange> before = rangesByStart.floorEntry(key);
    return keys.contains(key) || (before != null && before.getValue().contains(key));
  }

  /** Whether {@code range} has one of the keys that were added one by one. */
  boolean hasKeyIn(KeyRange range) {
    Bytes first = keys.ceiling(range.key());
    return first != null && range.contains(first);
  }

  void add(Bytes key) {
    keys.add(key);
  }

  void add(KeyRange range) {
    if (range.isSingle()) {
      keys.add(range.key());
      return;
    }
    if (range.isEmpty()) {
      return;
    }
    Bytes start = range.key();
    Bytes end = range.rangeEnd();
    Map.Entry<Bytes, KeyRange> before = rangesByStart.floorEntry(start);
    if (before != null && reaches(before.getValue().rangeEnd(), start)) {
      start = before.getKey();
      end = later(end, before.getValue().rangeEnd());
    }
    Map.Entry<Bytes, KeyRange> next = rangesByStart.ceilingEntry(start);
    while (next != null && reaches(end, next.getKey())) {
      end = later(end, next.getValue().rangeEnd());
      rangesByStart.remove(next.getKey());
      next = rangesByStart.ceilingEntry(start);
    }
    rangesByStart.put(start, new KeyRange(start, end));
  }

  void addAll(KeySet other) {
    keys.addAll(other.keys);
    other.rangesByStart.values().forEach(this::add);
  }

  Iterable<Bytes> keys() {
    return keys;
  }

  Iterable<KeyRange> ranges() {
    return rangesByStart.values();
  }

  /** Whether a range that ends at {@code end} leaves no gap before {@code key}. */
  private static boolean reaches(Bytes end, Bytes key) {
    return isOpen(end) || end.compareTo(key) >= 0;
  }

  private static Bytes later(Bytes end, Bytes other) {
    if (isOpen(end) || isOpen(other)) {
      return Bytes.ZERO;
    }
    return end.compareTo(other) >= 0 ? end : other;
  }

  private static boolean isOpen(Bytes end) {
    return end.equals(Bytes.ZERO);
  }
}
