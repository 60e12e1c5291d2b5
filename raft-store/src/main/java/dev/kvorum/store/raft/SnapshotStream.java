package dev.kvorum.store.raft;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a copy of the state is written into {@link PeerMethod#SNAPSHOT}: a list of files, then each file's bytes in order in
 * pieces, each file closed by its digest, and an end mark. So a stream that was cut off is told from a complete one.
 */
final class SnapshotStream {
  static final int MAX_PIECE_BYTES = 1 << 20;

  static final byte FILES = 1;
  static final byte PIECE = 2;
  static final byte FILE_END = 3;
  static final byte END = 4;

  private static final int MAX_FILES = 1 << 20;

  /** One file of the copy, named within its directory. */
  record File(String name, long bytes) {}

  private SnapshotStream() {}

  static byte[] files(List<File> files) {
    return PeerWire.write(out -> {
      out.writeByte(FILES);
      out.writeInt(files.size());
      for (File file : files) {
        out.writeUTF(file.name);
        out.writeLong(file.bytes);
      }
    });
  }

  /**
   * Reads the list of files.
   *
   * @throws IOException if it is not one, or names a file outside the directory
   */
  static List<File> readFiles(byte[] message) throws IOException {
    expect(message, FILES);
    List<File> files = PeerWire.read(message, in -> {
      in.readByte();
      int count = in.readInt();
      if (count < 0 || count > MAX_FILES) {
        throw new IOException(count + " files");
      }
      List<File> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        list.add(new File(in.readUTF(), in.readLong()));
      }
      return list;
    });
    for (File file : files) {
      if (file.bytes < 0 || !file.name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw new IOException("a snapshot names the file " + file);
      }
    }
    return files;
  }

  static byte[] piece(byte[] buffer, int length) {
    return framed(PIECE, buffer, length);
  }

  static byte[] fileEnd(byte[] digest) {
    return framed(FILE_END, digest, digest.length);
  }

  static byte[] end() {
    return new byte[] {END};
  }

  /** What kind of message it is. */
  static byte kind(byte[] message) throws IOException {
    if (message.length == 0) {
      throw new IOException("an empty message");
    }
    return message[0];
  }

  static void expect(byte[] message, byte kind) throws IOException {
    if (kind(message) != kind) {
      throw new IOException("message kind " + message[0] + " instead of " + kind);
    }
  }

  /** What follows the kind; a copy. */
  static byte[] body(byte[] message) {
    return Arrays.copyOfRange(message, 1, message.length);
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] framed(byte kind, byte[] bytes, int length) {
    byte[] message = new byte[1 + length];
    message[0] = kind;
    System.arraycopy(bytes, 0, message, 1, length);
    return message;
  }
}
