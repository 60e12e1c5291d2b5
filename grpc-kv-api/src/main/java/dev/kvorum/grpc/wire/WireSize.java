package dev.kvorum.grpc.wire;

/** Sizes of encoded fields, in bytes. */
final class WireSize {
  private WireSize() {}

  static int varint(long value) {
    return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
  }

  /** A number in a field up to 15; 0 is left out. */
  static int number(long value) {
    return value == 0 ? 0 : 1 + varint(value);
  }

  /** A message or bytes in a field up to 15. */
  static long delimited(long length) {
    return 1 + varint(length) + length;
  }

  static int flag(boolean value) {
    return value ? 2 : 0;
  }

  /** Refuses what no gRPC message can hold. */
  static int inOneMessage(long size) {
    if (size > Integer.MAX_VALUE) {
      throw new ResponseTooLarge(size);
    }
    return (int) size;
  }
}
