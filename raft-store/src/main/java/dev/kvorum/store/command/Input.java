package dev.kvorum.store.command;

import dev.kvorum.store.Bytes;

/** Reads the parts of a log entry; anything that is not there is an {@link IllegalArgumentException}. */
final class Input {
  private final byte[] bytes;
  private int at;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  int octet() {
    if (at >= bytes.length) {
      throw truncated(1);
    }
    return bytes[at++] & 0xff;
  }

  long fixed() {
    if (bytes.length - at < Long.BYTES) {
      throw truncated(Long.BYTES);
    }
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (bytes[at++] & 0xff);
    }
    return value;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = octet();
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("log entry: number of more than 10 bytes at " + at);
  }

  /** A number of things that follow, each at least {@code leastBytes} long; so it cannot be larger than what is left. */
  int count(int leastBytes) {
    long count = varint();
    if (count < 0 || count > (bytes.length - at) / leastBytes) {
      throw new IllegalArgumentException("log entry: " + Long.toUnsignedString(count)
          + " items in the last " + (bytes.length - at) + " bytes");
    }
    return (int) count;
  }

  Bytes string() {
    int length = count(1);
    Bytes string = Bytes.wrap(bytes, at, length);
    at += length;
    return string;
  }

  boolean isAtEnd() {
    return at == bytes.length;
  }

  private IllegalArgumentException truncated(int wanted) {
    return new IllegalArgumentException(
        "log entry: " + wanted + " bytes wanted at " + at + " of " + bytes.length);
  }
}
