package dev.kvorum.store.mvcc;

import java.nio.charset.StandardCharsets;

/**
 * How versions and changes are laid out in the engine.
 *
 * <pre>
 * KV      escaped(key) 00 01, u64 ~modRevision   -> the encoded key-value; a tombstone has version 0
 * EVENTS  u64 revision, u32 sub                  -> u8 kind, varint revision of the version replaced (0: none), key
 * META    "compacted"                            -> u64 physical compact revision
 * </pre>
 *
 * Numbers are big-endian. A zero byte of a key is escaped as {@code 00 ff}, so that rows sort by key, then newest first,
 * and no key's rows lie among another's.
 */
final class Rows {
  static final byte PUT = 0;
  static final byte DELETE = 1;
  static final byte[] COMPACTED = "compacted".getBytes(StandardCharsets.US_ASCII);

  private static final int EVENT_KEY_BYTES = Long.BYTES + Integer.BYTES;

  private Rows() {}

  /** The row of one version. */
  static byte[] version(byte[] key, long modRevision) {
    byte[] row = terminated(key, Long.BYTES);
    writeLong(row, row.length - Long.BYTES, ~modRevision);
    return row;
  }

  /** Before every row of {@code key} and of what sorts after it; after all others. */
  static byte[] firstVersion(byte[] key) {
    return terminated(key, 0);
  }

  private static byte[] terminated(byte[] key, int extra) {
    int zeros = 0;
    for (byte b : key) {
      if (b == 0) {
        zeros++;
      }
    }
    byte[] row = new byte[key.length + zeros + 2 + extra];
    if (zeros == 0) {
      System.arraycopy(key, 0, row, 0, key.length);
    } else {
      int at = 0;
      for (byte b : key) {
        row[at++] = b;
        if (b == 0) {
          row[at++] = (byte) 0xff;
        }
      }
    }
    row[key.length + zeros + 1] = 1;
    return row;
  }

  /** The row of one change. */
  static byte[] event(long revision, int sub) {
    byte[] row = new byte[EVENT_KEY_BYTES];
    writeLong(row, 0, revision);
    for (int i = 0; i < Integer.BYTES; i++) {
      row[Long.BYTES + i] = (byte) (sub >>> (24 - 8 * i));
    }
    return row;
  }

  static long eventRevision(byte[] row) {
    if (row.length != EVENT_KEY_BYTES) {
      throw new IllegalStateException("event row of " + row.length + " bytes");
    }
    return readLong(row, 0);
  }

  static byte[] eventValue(byte kind, long replacedRevision, byte[] key) {
    int digits = (63 - Long.numberOfLeadingZeros(replacedRevision | 1)) / 7 + 1;
    byte[] value = new byte[1 + digits + key.length];
    value[0] = kind;
    int at = 1;
    long rest = replacedRevision;
    while ((rest & ~0x7fL) != 0) {
      value[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    value[at] = (byte) rest;
    System.arraycopy(key, 0, value, 1 + digits, key.length);
    return value;
  }

  /**
   * A change, as stored.
   *
   * @param delete whether it deleted the key
   * @param replacedRevision the mod revision of the live version before it; 0 if there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
  record Change(long revision, boolean delete, long replacedRevision, byte[] key) {}

  static Change change(byte[] row, byte[] value) {
    long replaced = 0;
    int at = 1;
    byte digit;
    int shift = 0;
    do {
      if (at >= value.length || shift > 63) {
        throw new IllegalStateException("event value of " + value.length + " bytes");
      }
      digit = value[at++];
      replaced |= (digit & 0x7fL) << shift;
      shift += 7;
    } while (digit < 0);
    byte[] key = java.util.Arrays.copyOfRange(value, at, value.length);
    return new Change(eventRevision(row), value[0] == DELETE, replaced, key);
  }

  static byte[] longValue(long value) {
    byte[] bytes = new byte[Long.BYTES];
    writeLong(bytes, 0, value);
    return bytes;
  }

  static void writeLong(byte[] target, int position, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      target[position + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  static long readLong(byte[] source, int position) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (source[position + i] & 0xff);
    }
    return value;
  }
}
