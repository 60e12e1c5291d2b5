package dev.kvorum.store.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Checks a backup and makes a directory of it again. */
public final class BackupReader {
  private static final int PIECE_BYTES = 1 << 20;

  private final Path backup;
  private final boolean check;
  private final LongConsumer progress;
  private final MessageDigest total = Digests.sha256();
  private long at;

  private BackupReader(Path backup, boolean check, LongConsumer progress) {
    this.backup = backup;
    this.check = check;
    this.progress = progress;
  }

  /** Reads what stands first in {@code backup}. */
  public static BackupHeader header(Path backup) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(backup))) {
      return BackupHeader.read(in);
    }
  }

  /**
   * Writes the files of {@code backup} to {@code directory}, which exists and is empty. They are on disk when it returns;
   * their names and the directory's are the caller's to sync.
   *
   * @param check whether to compare digests; without, only what does not fit together is noticed
   * @param progress told how many bytes were read so far
   * @throws DamagedBackupException if it is incomplete or damaged
   */
  public static BackupHeader extract(
      Path backup, Path directory, boolean check, LongConsumer progress) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(backup), PIECE_BYTES)) {
      return new BackupReader(backup, check, progress).extract(in, directory);
    }
  }

  private BackupHeader extract(InputStream in, Path directory) throws IOException {
    BackupHeader header = BackupHeader.read(in);
    requireLength(header.payloadBytes());
    byte[] encoded = header.encode();
    total.update(encoded);
    at = encoded.length;
    for (BackupHeader.Entry file : header.files()) {
      extract(in, file, directory);
    }
    byte[] padding = readFully(in, header.padding());
    total.update(padding);
    if (check) {
      byte[] recorded = readFully(in, BackupHeader.DIGEST_BYTES);
      byte[] actual = total.digest();
      if (!MessageDigest.isEqual(recorded, actual)) {
        throw new DamagedBackupException(
            "the snapshot is damaged: its files are whole, but its SHA-256 is "
                + HexFormat.of().formatHex(actual) + " and " + HexFormat.of().formatHex(recorded)
                + " was recorded");
      }
    }
    progress.accept(at);
    return header;
  }

  private void requireLength(long payload) throws IOException {
    long size = Files.size(backup);
    long whole = payload + BackupHeader.DIGEST_BYTES;
    if (size == whole || (size == payload && !check)) {
      return;
    }
    if (size == payload) {
      throw new DamagedBackupException(
          "snapshot missing hash but --skip-hash-check=false: its last 32 bytes are gone");
    }
    throw new DamagedBackupException(
        size < whole
            ? "the snapshot is incomplete: it has " + size + " of " + whole + " bytes"
            : "the snapshot has " + (size - whole) + " bytes after its end at byte " + whole);
  }

  private void extract(InputStream in, BackupHeader.Entry file, Path directory) throws IOException {
    MessageDigest digest = Digests.sha256();
    long begin = at;
    try (FileChannel out = FileChannel.open(
        directory.resolve(file.name()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long left = file.bytes();
      while (left > 0) {
        byte[] piece = readFully(in, (int) Math.min(left, PIECE_BYTES));
        digest.update(piece);
        total.update(piece);
        ByteBuffer rest = ByteBuffer.wrap(piece);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        left -= piece.length;
        progress.accept(at);
      }
      out.force(true);
    }
    long end = at;
    byte[] recorded = readFully(in, BackupHeader.DIGEST_BYTES);
    total.update(recorded);
    if (check && !MessageDigest.isEqual(recorded, digest.digest())) {
      throw new DamagedBackupException(
          "the snapshot is damaged: the file " + file.name() + " in it, bytes " + begin + " to "
              + end + ", does not have the SHA-256 that was recorded");
    }
  }

  private byte[] readFully(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new DamagedBackupException("the snapshot ends at byte " + (at + bytes.length));
    }
    at += length;
    return bytes;
  }
}
