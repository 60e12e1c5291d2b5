package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * A {@link KeyRange} as bounds on arrays: {@code from <= key < to}. A single key becomes the range up to its immediate
 * successor.
 *
 * @param to null for no bound
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
record KeyBounds(byte[] from, byte @Nullable [] to) {
  static KeyBounds of(KeyRange range) {
    byte[] from = range.key().sharedArray();
    if (range.isSingle()) {
      return new KeyBounds(from, java.util.Arrays.copyOf(from, from.length + 1));
    }
    Bytes end = range.rangeEnd();
    return new KeyBounds(from, range.isOpenEnded() ? null : end.sharedArray());
  }
}
