package dev.kvorum.store.command;

import dev.kvorum.store.Bytes;

/** Writes the parts of a log entry into an array of exactly the right size; also says how large they are. */
final class Output {
  final byte[] bytes;
  int at;

  Output(int size) {
    bytes = new byte[size];
  }

  static int varintSize(long value) {
    return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
  }

  static int stringSize(Bytes string) {
    return varintSize(string.length()) + string.length();
  }

  void octet(int value) {
    bytes[at++] = (byte) value;
  }

  void fixed(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[at++] = (byte) (value >>> shift);
    }
  }

  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  void string(Bytes string) {
    varint(string.length());
    string.copyTo(bytes, at);
    at += string.length();
  }
}
