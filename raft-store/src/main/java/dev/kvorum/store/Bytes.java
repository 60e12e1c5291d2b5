package dev.kvorum.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable byte string, ordered as unsigned bytes: the type of keys and values.
 *
 * <p>A {@code Bytes} is a window on an array that nobody changes any more. {@link #wrap(byte[])} takes ownership of the
 * array, {@link #slice} shares it; neither copies. Thread-safe because it is immutable.
 */
public final class Bytes implements Comparable<Bytes> {
  /** The empty byte string. */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  /** One zero byte: as a range end it means "every key from the start on", as a key it is the lowest. */
  public static final Bytes ZERO = new Bytes(new byte[] {0}, 0, 1);

  private final byte[] array;
  private final int offset;
  private final int length;
  private int hash; // 0 = not computed; racing writers store the same value

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Takes ownership of {@code array}: the caller must not change it afterwards. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
  }

  /** A window on {@code array}, which the caller must not change afterwards. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    if (offset < 0 || length < 0 || offset > array.length - length) {
      throw new IndexOutOfBoundsException(
          "offset " + offset + ", length " + length + " of " + array.length);
    }
    return length == 0 ? EMPTY : new Bytes(array, offset, length);
  }

  /** Copies {@code array}. */
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone());
  }

  /** The UTF-8 encoding of {@code text}. */
  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Length in bytes. */
  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** The byte at {@code index}, which must be in {@code [0, length())}. */
  public byte at(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException("index " + index + " of " + length);
    }
    return array[offset + index];
  }

  /** The bytes in {@code [from, from + count)}, sharing this string's array. */
  public Bytes slice(int from, int count) {
    if (from < 0 || count < 0 || from > length - count) {
      throw new IndexOutOfBoundsException("slice " + from + "+" + count + " of " + length);
    }
    return wrap(array, offset + from, count);
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /**
   * The bytes as an array that must not be changed: the backing array itself when this string covers all of it, else a
   * copy.
   */
  public byte[] sharedArray() {
    return offset == 0 && length == array.length ? array : toByteArray();
  }

  /** Copies the bytes into {@code target} from {@code position} on. */
  public void copyTo(byte[] target, int position) {
    System.arraycopy(array, offset, target, position, length);
  }

  /** This string if it owns its whole array, else a compact copy; for keeping a small part of a large message. */
  public Bytes compact() {
    return offset == 0 && length == array.length ? this : wrap(toByteArray());
  }

  public boolean startsWith(Bytes prefix) {
    return length >= prefix.length
        && Arrays.equals(
            array,
            offset,
            offset + prefix.length,
            prefix.array,
            prefix.offset,
            prefix.offset + prefix.length);
  }

  /** Unsigned byte order; a prefix sorts before what it begins. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(
        array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int result = hash;
    if (result == 0) {
      result = 1;
      for (int i = offset; i < offset + length; i++) {
        result = 31 * result + array[i];
      }
      hash = result;
    }
    return result;
  }

  /** The bytes as UTF-8 text; malformed input becomes U+FFFD. */
  public String toUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  /** Printable ASCII as itself, anything else in hexadecimal; for logs and test failures. */
  @Override
  public String toString() {
    for (int i = offset; i < offset + length; i++) {
      if (array[i] < 0x20 || array[i] > 0x7e) {
        return "0x" + HexFormat.of().formatHex(array, offset, offset + length);
      }
    }
    return toUtf8();
  }
}
