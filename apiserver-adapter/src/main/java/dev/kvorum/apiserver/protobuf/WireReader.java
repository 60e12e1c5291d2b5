package dev.kvorum.apiserver.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A cursor over the fields of one message. */
final class WireReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int START_GROUP = 3;
  static final int END_GROUP = 4;
  static final int FIXED32 = 5;

  /** Groups inside each other, in fields that are skipped. */
  private static final int MAX_GROUPS = 100;

  private final byte[] bytes;
  private int position;
  private final int end;

  WireReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.position = from;
    this.end = end;
  }

  boolean hasMore() {
    return position < end;
  }

  int remaining() {
    return end - position;
  }

  /** The next field's number and wire type, as {@code number << 3 | type}. */
  int tag() throws ProtobufException {
    int at = position;
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new ProtobufException("illegal tag " + Long.toUnsignedString(tag) + " at byte " + at);
    }
    return (int) tag;
  }

  long varint() throws ProtobufException {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= end) {
        throw truncated(at);
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new ProtobufException("a number of more than 64 bits at byte " + at);
  }

  double fixed64() throws ProtobufException {
    if (end - position < 8) {
      throw truncated(position);
    }
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value |= (bytes[position++] & 0xffL) << (8 * i);
    }
    return Double.longBitsToDouble(value);
  }

  /** The message in a field with a length; the cursor moves behind it. */
  WireReader message() throws ProtobufException {
    int at = position;
    long length = varint();
    if (length < 0 || length > end - position) {
      throw new ProtobufException("a length of " + Long.toUnsignedString(length) + " at byte " + at
          + ", with " + (end - position) + " bytes left");
    }
    int from = position;
    position += (int) length;
    return new WireReader(bytes, from, position);
  }

  /** All that is left. */
  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(bytes, position, end);
    position = end;
    return rest;
  }

  /** All that is left, as text; what is not UTF-8 becomes U+FFFD, as Go writes it in JSON. */
  String text() {
    String text = new String(bytes, position, end - position, StandardCharsets.UTF_8);
    position = end;
    return text;
  }

  /** Demands the wire type of a field that is known. */
  void expect(int tag, int wireType) throws ProtobufException {
    if ((tag & 7) != wireType) {
      throw new ProtobufException("wire type " + (tag & 7) + " where " + wireType
          + " was expected, before byte " + position);
    }
  }

  /** Moves behind the value of a field that is not known. */
  void skip(int tag) throws ProtobufException {
    skip(tag, 0);
  }

  private void skip(int tag, int groups) throws ProtobufException {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> fixed64();
      case BYTES -> message();
      case START_GROUP -> {
        if (groups >= MAX_GROUPS) {
          throw new ProtobufException(
              "more than " + MAX_GROUPS + " groups inside each other before byte " + position);
        }
        int inner = tag();
        while ((inner & 7) != END_GROUP) {
          skip(inner, groups + 1);
          inner = tag();
        }
        if (inner >>> 3 != tag >>> 3) {
          throw new ProtobufException(
              "group " + (tag >>> 3) + " ends as " + (inner >>> 3) + " before byte " + position);
        }
      }
      case FIXED32 -> {
        if (end - position < 4) {
          throw truncated(position);
        }
        position += 4;
      }
      default ->
        throw new ProtobufException("illegal wire type " + (tag & 7) + " before byte " + position);
    }
  }

  private ProtobufException truncated(int at) {
    return new ProtobufException("the bytes end within the value at byte " + at);
  }
}
