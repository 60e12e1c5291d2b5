package dev.kvorum.store.watch;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of keys, each with a value, as {@link RangeIndex}; those of a single key, which most watchers have, cost one
 * look whatever their number. Confined to one thread.
 */
final class KeyIndex<V> {
  private final Map<Bytes, V> byKey = new HashMap<>();
  private final RangeIndex<V> byRange = new RangeIndex<>();

  boolean isEmpty() {
    return byKey.isEmpty() && byRange.isEmpty();
  }

  @Nullable
  V get(KeyRange range) {
    return range.isSingle() ? byKey.get(range.key()) : byRange.get(range);
  }

  /** Adds a range that is not in here. */
  void add(KeyRange range, V value) {
    if (range.isSingle()) {
      byKey.put(range.key(), value);
    } else {
      byRange.add(range, value);
    }
  }

  /** Removes a range, if it is in here. */
  void remove(KeyRange range) {
    if (range.isSingle()) {
      byKey.remove(range.key());
    } else {
      byRange.remove(range);
    }
  }

  /** Whether a range contains {@code key}. */
  boolean covers(Bytes key) {
    return byKey.containsKey(key) || byRange.covers(key);
  }

  /** Passes the value of every range that contains {@code key} to {@code visitor}, which must not change the index. */
  void forEachContaining(Bytes key, Consumer<? super V> visitor) {
    V exact = byKey.get(key);
    if (exact != null) {
      visitor.accept(exact);
    }
    byRange.forEachContaining(key, visitor);
  }
}
