package dev.kvorum.store;

/**
 * The few parts of the protobuf wire format that stored values need: varints and length-delimited fields.
 *
 * <p>Values are stored in the form in which they are sent, so the port itself must be able to write and read it. The
 * protobuf library is not used here because the port depends on {@code java.*} alone.
 */
final class WireFormat {
  private WireFormat() {}

  static int varintSize(long value) {
    return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
  }

  /** Writes {@code value} at {@code position} and returns the position after it. */
  static int writeVarint(byte[] target, int position, long value) {
    int at = position;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    return at;
  }

  static int numberFieldSize(long value) {
    return value == 0 ? 0 : 1 + varintSize(value);
  }

  static int bytesFieldSize(int length) {
    return length == 0 ? 0 : 1 + varintSize(length) + length;
  }

  static int writeNumberField(byte[] target, int position, int tag, long value) {
    if (value == 0) {
      return position;
    }
    target[position] = (byte) tag;
    return writeVarint(target, position + 1, value);
  }

  static int writeBytesField(byte[] target, int position, int tag, Bytes value) {
    if (value.isEmpty()) {
      return position;
    }
    target[position] = (byte) tag;
    int at = writeVarint(target, position + 1, value.length());
    value.copyTo(target, at);
    return at + value.length();
  }
}
