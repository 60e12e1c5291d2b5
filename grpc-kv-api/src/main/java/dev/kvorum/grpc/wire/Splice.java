package dev.kvorum.grpc.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * An encoded message in pieces: bytes that exist already, such as stored key-values, with glue in between. Sending it
 * copies each piece once, straight to where it is sent from. Immutable and thread-safe.
 */
public final class Splice {
  private final byte[] glue;
  private final int glueLength;
  private final byte[][] pieces;
  private final int[] gluePositions; // [i]: how much of the glue comes before pieces[i]
  private final int pieceCount;
  private final int size;

  private Splice(Builder builder, int size) {
    this.glue = builder.glue;
    this.glueLength = builder.glueLength;
    this.pieces = builder.pieces;
    this.gluePositions = builder.gluePositions;
    this.pieceCount = builder.pieceCount;
    this.size = size;
  }

  /** A message that is encoded already; the array must not be changed afterwards. */
  public static Splice of(byte[] message) {
    Builder builder = new Builder(0, 1);
    builder.piece(message);
    return builder.build();
  }

  /** Size in bytes. */
  public int size() {
    return size;
  }

  /** Writes the message. */
  public void writeTo(OutputStream target) throws IOException {
    int at = 0;
    for (int i = 0; i < pieceCount; i++) {
      int until = gluePositions[i];
      if (until > at) {
        target.write(glue, at, until - at);
        at = until;
      }
      target.write(pieces[i], 0, pieces[i].length);
    }
    if (glueLength > at) {
      target.write(glue, at, glueLength - at);
    }
  }

  /** The message as one array, for what cannot send pieces. */
  public byte[] toByteArray() {
    byte[] message = new byte[size];
    int from = 0;
    int at = 0;
    for (int i = 0; i < pieceCount; i++) {
      int count = gluePositions[i] - from;
      System.arraycopy(glue, from, message, at, count);
      from += count;
      at += count;
      System.arraycopy(pieces[i], 0, message, at, pieces[i].length);
      at += pieces[i].length;
    }
    System.arraycopy(glue, from, message, at, glueLength - from);
    return message;
  }

  /** Writes a message from front to back; sizes of what is nested are computed before. */
  static final class Builder {
    private byte[] glue;
    private int glueLength;
    private byte[][] pieces;
    private int[] gluePositions;
    private int pieceCount;
    private long pieceBytes;

    Builder(int expectedGlue, int expectedPieces) {
      this.glue = new byte[expectedGlue];
      this.pieces = new byte[expectedPieces][];
      this.gluePositions = new int[expectedPieces];
    }

    /** The beginning of a field that is a message or bytes of {@code length}. */
    Builder delimited(int field, int length) {
      reserve(10);
      varint(field << 3 | 2);
      varint(length);
      return this;
    }

    /** A number, left out when it is 0. */
    Builder number(int field, long value) {
      if (value != 0) {
        reserve(15);
        varint(field << 3);
        varint(value);
      }
      return this;
    }

    /** A flag, left out when it is false. */
    Builder flag(int field, boolean value) {
      return number(field, value ? 1 : 0);
    }

    /** Bytes copied into the glue: for what is small. */
    Builder raw(byte[] bytes) {
      reserve(bytes.length);
      System.arraycopy(bytes, 0, glue, glueLength, bytes.length);
      glueLength += bytes.length;
      return this;
    }

    /** Bytes that are sent from where they are. */
    Builder piece(byte[] bytes) {
      if (pieceCount == pieces.length) {
        int larger = Math.max(4, pieceCount * 2);
        pieces = Arrays.copyOf(pieces, larger);
        gluePositions = Arrays.copyOf(gluePositions, larger);
      }
      pieces[pieceCount] = bytes;
      gluePositions[pieceCount++] = glueLength;
      pieceBytes += bytes.length;
      return this;
    }

    Splice build() {
      return new Splice(this, WireSize.inOneMessage(pieceBytes + glueLength));
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        glue[glueLength++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      glue[glueLength++] = (byte) rest;
    }

    private void reserve(int count) {
      if (glue.length - glueLength < count) {
        glue = Arrays.copyOf(glue, Math.max(glue.length * 2, glueLength + count));
      }
    }
  }
}
