package dev.kvorum.grpc.wire;

import dev.kvorum.store.Bytes;

/**
 * Walks over the fields of an encoded protobuf message without copying. Unknown fields and known ones of another wire
 * type are skipped, as every protobuf parser does.
 *
 * <p>Use: {@code while ((tag = reader.tag()) != 0) switch (tag) {...; default -> reader.skip(tag);}}. A message inside
 * the message is walked between {@link #enter} and {@link #leave}.
 */
final class WireReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final int FIXED_32 = 5;
  private static final int MAX_GROUP_DEPTH = 100;

  private final byte[] array;
  private int position;
  private int end;

  WireReader(byte[] message) {
    this.array = message;
    this.end = message.length;
  }

  /** The tag of the next field, or 0 at the end of the message. */
  int tag() throws MalformedMessage {
    if (position == end) {
      return 0;
    }
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new MalformedMessage("invalid tag " + Long.toUnsignedString(tag));
    }
    return (int) tag;
  }

  long varint() throws MalformedMessage {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == end) {
        throw truncated();
      }
      byte next = array[position++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new MalformedMessage("varint of more than 10 bytes");
  }

  boolean bool() throws MalformedMessage {
    return varint() != 0;
  }

  /** An enum's number; like every parser of it, this keeps the lower 32 bits. */
  int number() throws MalformedMessage {
    return (int) varint();
  }

  /** A window on the message. */
  Bytes bytes() throws MalformedMessage {
    int length = length();
    Bytes window = Bytes.wrap(array, position, length);
    position += length;
    return window;
  }

  /** Narrows this reader to the message that begins here; give what it returns to {@link #leave}. */
  int enter() throws MalformedMessage {
    int length = length();
    int outerEnd = end;
    end = position + length;
    return outerEnd;
  }

  /** Continues behind the message that {@link #enter} narrowed this reader to. */
  void leave(int outerEnd) {
    position = end;
    end = outerEnd;
  }

  int position() {
    return position;
  }

  /** Goes back to a position in the same message. */
  void rewind(int earlier) {
    position = earlier;
  }

  void skip(int tag) throws MalformedMessage {
    skip(tag, 0);
  }

  private void skip(int tag, int depth) throws MalformedMessage {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED_64 -> advance(8);
      case LENGTH_DELIMITED -> advance(length());
      case FIXED_32 -> advance(4);
      case START_GROUP -> skipGroup(tag >>> 3, depth);
      default -> throw new MalformedMessage("wire type " + (tag & 7) + " of field " + (tag >>> 3));
    }
  }

  private void skipGroup(int field, int depth) throws MalformedMessage {
    if (depth == MAX_GROUP_DEPTH) {
      throw new MalformedMessage("groups nested deeper than " + MAX_GROUP_DEPTH);
    }
    while (true) {
      int tag = tag();
      if (tag == 0) {
        throw truncated();
      }
      if ((tag & 7) == END_GROUP) {
        if (tag >>> 3 != field) {
          throw new MalformedMessage("group " + field + " ends as " + (tag >>> 3));
        }
        return;
      }
      skip(tag, depth + 1);
    }
  }

  private int length() throws MalformedMessage {
    long length = varint();
    if (length < 0 || length > end - position) {
      throw truncated();
    }
    return (int) length;
  }

  private void advance(int count) throws MalformedMessage {
    if (count > end - position) {
      throw truncated();
    }
    position += count;
  }

  private MalformedMessage truncated() {
    return new MalformedMessage("truncated at byte " + position + " of " + array.length);
  }
}
