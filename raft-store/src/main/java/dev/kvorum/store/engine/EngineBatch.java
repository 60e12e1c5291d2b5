package dev.kvorum.store.engine;

import java.util.Arrays;

/**
 * Changes that take effect together, kept in the serialized form of a RocksDB write batch.
 *
 * <p>One array crosses into the engine per batch instead of one call per change, which is what writing costs. The form:
 * u64 sequence (0), u32 count, then records of {@code tag, [varint family], varint length, key, varint length, value};
 * numbers little-endian, the family left out when it is 0.
 *
 * <p>Not thread-safe; used once.
 */
public final class EngineBatch {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final byte DELETE = 0x00;
  private static final byte PUT = 0x01;
  private static final byte DELETE_IN_FAMILY = 0x04;
  private static final byte PUT_IN_FAMILY = 0x05;
  private static final byte DELETE_RANGE_IN_FAMILY = 0x0e;
  private static final byte DELETE_RANGE = 0x0f;

  private byte[] bytes;
  private int size = HEADER_BYTES;
  private int count;

  public EngineBatch() {
    this(1024);
  }

  /** A batch that expects to hold about {@code expectedBytes}. */
  public EngineBatch(int expectedBytes) {
    bytes = new byte[Math.max(expectedBytes, 64)];
  }

  public void put(Family family, byte[] key, byte[] value) {
    record(PUT, PUT_IN_FAMILY, family);
    append(key);
    append(value);
  }

  public void delete(Family family, byte[] key) {
    record(DELETE, DELETE_IN_FAMILY, family);
    append(key);
  }

  /** Deletes {@code from <= key < to}. */
  public void deleteRange(Family family, byte[] from, byte[] to) {
    record(DELETE_RANGE, DELETE_RANGE_IN_FAMILY, family);
    append(from);
    append(to);
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** How many changes there are. */
  public int count() {
    return count;
  }

  /** The serialized form; a copy. */
  public byte[] toByteArray() {
    byte[] copy = Arrays.copyOf(bytes, size);
    for (int i = 0; i < Integer.BYTES; i++) {
      copy[COUNT_AT + i] = (byte) (count >>> (8 * i));
    }
    return copy;
  }

  /** Receives the changes of a batch, in order. */
  public interface Visitor {
    void put(Family family, byte[] key, byte[] value);

    void delete(Family family, byte[] key);

    void deleteRange(Family family, byte[] from, byte[] to);
  }

  /** Reads the serialized form back; for engines that are not RocksDB. */
  public void forEach(Visitor visitor) {
    Reader reader = new Reader(bytes, size);
    for (int i = 0; i < count; i++) {
      byte tag = bytes[reader.at++];
      switch (tag) {
        case PUT -> visitor.put(Family.META, reader.slice(), reader.slice());
        case PUT_IN_FAMILY ->
          visitor.put(Family.of(reader.varint()), reader.slice(), reader.slice());
        case DELETE -> visitor.delete(Family.META, reader.slice());
        case DELETE_IN_FAMILY -> visitor.delete(Family.of(reader.varint()), reader.slice());
        case DELETE_RANGE -> visitor.deleteRange(Family.META, reader.slice(), reader.slice());
        case DELETE_RANGE_IN_FAMILY ->
          visitor.deleteRange(Family.of(reader.varint()), reader.slice(), reader.slice());
        default -> throw new IllegalStateException("record tag " + tag);
      }
    }
  }

  private void record(byte tag, byte tagInFamily, Family family) {
    reserve(1 + 5);
    int id = family.id();
    if (id == 0) {
      bytes[size++] = tag;
    } else {
      bytes[size++] = tagInFamily;
      bytes[size++] = (byte) id; // a varint of one byte
    }
    count++;
  }

  private void append(byte[] part) {
    reserve(5 + part.length);
    int rest = part.length;
    while (rest > 0x7f) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    System.arraycopy(part, 0, bytes, size, part.length);
    size += part.length;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      int grown = (int) Math.min(Integer.MAX_VALUE - 16L, bytes.length * 2L);
      bytes = Arrays.copyOf(bytes, Math.max(needed, grown));
    }
  }

  private static final class Reader {
    private final byte[] bytes;
    private final int size;
    private int at = HEADER_BYTES;

    Reader(byte[] bytes, int size) {
      this.bytes = bytes;
      this.size = size;
    }

    int varint() {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = bytes[at++];
        value |= (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    byte[] slice() {
      int length = varint();
      if (length > size - at) {
        throw new IllegalStateException("a part of " + length + " bytes at " + at + " of " + size);
      }
      at += length;
      return Arrays.copyOfRange(bytes, at - length, at);
    }
  }
}
