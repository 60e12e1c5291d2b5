package dev.kvorum.apiserver.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes from the end to the beginning, because a message's length stands before it and is known behind it: fields,
 * elements and entries come in reverse, a value before its tag.
 */
final class WireWriter {
  private byte[] bytes = new byte[512];
  private int start = bytes.length;

  /** How much is written; the difference of two is the length of what was written between. */
  int size() {
    return bytes.length - start;
  }

  byte[] toBytes() {
    return Arrays.copyOfRange(bytes, start, bytes.length);
  }

  void tag(int number, int wireType) {
    varint((long) number << 3 | wireType);
  }

  void varint(long value) {
    int length = value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    room(length);
    start -= length;
    int at = start;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at] = (byte) rest;
  }

  void fixed64(double value) {
    room(8);
    start -= 8;
    long bits = Double.doubleToRawLongBits(value);
    for (int i = 0; i < 8; i++) {
      bytes[start + i] = (byte) (bits >>> (8 * i));
    }
  }

  void raw(byte[] value) {
    room(value.length);
    start -= value.length;
    System.arraycopy(value, 0, bytes, start, value.length);
  }

  /** A field that holds those bytes. */
  void field(int number, byte[] value) {
    raw(value);
    varint(value.length);
    tag(number, WireReader.BYTES);
  }

  void field(int number, String value) {
    field(number, value.getBytes(StandardCharsets.UTF_8));
  }

  void field(int number, long value) {
    varint(value);
    tag(number, WireReader.VARINT);
  }

  /** Turns what was written since {@code sizeBefore} into the message of a field. */
  void close(int number, int sizeBefore) {
    varint(size() - sizeBefore);
    tag(number, WireReader.BYTES);
  }

  private void room(int length) {
    if (start >= length) {
      return;
    }
    int written = size();
    byte[] larger = new byte[Math.max(bytes.length * 2, written + length)];
    System.arraycopy(bytes, start, larger, larger.length - written, written);
    bytes = larger;
    start = larger.length - written;
  }
}
