package dev.kvorum.store.mvcc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A running 64-bit hash over byte strings, the same on every machine. For finding accidents, not for resisting
 * forgers. Not thread-safe.
 */
final class Hash64 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MULTIPLIER_1 = 0x9e3779b185ebca87L;
  private static final long MULTIPLIER_2 = 0xc2b2ae3d27d4eb4fL;

  private long state = 0x27d4eb2f165667c5L;

  /** Adds a byte string and its length, so that neighbours cannot trade bytes. */
  void add(byte[] bytes) {
    int at = 0;
    for (; at <= bytes.length - Long.BYTES; at += Long.BYTES) {
      mix((long) LONGS.get(bytes, at));
    }
    long rest = 0;
    for (; at < bytes.length; at++) {
      rest = (rest << 8) | (bytes[at] & 0xff);
    }
    mix(rest);
    mix(bytes.length);
  }

  private void mix(long word) {
    state ^= Long.rotateLeft(word * MULTIPLIER_2, 31) * MULTIPLIER_1;
    state = Long.rotateLeft(state, 27) * MULTIPLIER_1 + MULTIPLIER_2;
  }

  long value() {
    long hash = state;
    hash ^= hash >>> 33;
    hash *= MULTIPLIER_2;
    hash ^= hash >>> 29;
    hash *= MULTIPLIER_1;
    return hash ^ hash >>> 32;
  }
}
