package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** How {@link PeerMethod}s write their requests and answers. An answer begins with a byte that says whether it is one. */
final class PeerWire {
  private static final byte ANSWER = 0;
  private static final byte REFUSAL = 1;

  private PeerWire() {}

  /** Writes fields. */
  interface Writer {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Reads them back. */
  interface Reader<T> {
    T readFrom(DataInputStream in) throws IOException;
  }

  static byte[] write(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writer.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if it is too short
   */
  static <T> T read(byte[] bytes, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return reader.readFrom(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("malformed message of " + bytes.length + " bytes", e);
    }
  }

  static byte[] number(long value) {
    return write(out -> out.writeLong(value));
  }

  static long number(byte[] bytes) {
    return read(bytes, DataInputStream::readLong);
  }

  static byte[] answer(byte[] payload) {
    byte[] framed = new byte[1 + payload.length];
    framed[0] = ANSWER;
    System.arraycopy(payload, 0, framed, 1, payload.length);
    return framed;
  }

  static byte[] refusal(StoreException failure) {
    return write(out -> {
      out.writeByte(REFUSAL);
      out.writeUTF(failure.kind().name());
    });
  }

  /**
   * The payload of an answer.
   *
   * @throws StoreException if it is a refusal
   */
  static byte[] unwrap(byte[] framed) {
    if (framed.length > 0 && framed[0] == ANSWER) {
      return Arrays.copyOfRange(framed, 1, framed.length);
    }
    String kind = read(framed, in -> {
      in.readByte();
      return in.readUTF();
    });
    throw StoreException.of(StoreException.Kind.valueOf(kind));
  }
}
