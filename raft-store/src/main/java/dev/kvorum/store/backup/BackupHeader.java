package dev.kvorum.store.backup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What stands first in a backup.
 *
 * <pre>
 * backup  = header, n * file, zeros up to a multiple of 512 bytes, SHA-256 of everything before it
 * header  = "KVBACKUP", u32 format, u32 length of what follows up to the checksum,
 *           u64 cluster, u64 member, string version, u32 n, n * (u64 length, string name), u32 CRC-32C of all of it
 * file    = its bytes, SHA-256 of them
 * string  = u16 length, modified UTF-8
 * </pre>
 *
 * Numbers are big-endian. Files come in the order in which the header lists them; together they are the directory of a
 * state. Everything in it is known before the first byte is sent, so a backup can be written as a stream, and its size is
 * known in advance.
 *
 * @param clusterId the cluster it was taken from
 * @param memberId the member it was taken from
 * @param version of the program that took it
 * @param files in order
 */
public record BackupHeader(long clusterId, long memberId, String version, List<Entry> files) {
  /** The size of a SHA-256 digest. */
  public static final int DIGEST_BYTES = 32;

  static final int BLOCK = 512;

  private static final byte[] MAGIC = {'K', 'V', 'B', 'A', 'C', 'K', 'U', 'P'};
  private static final int FORMAT = 1;
  private static final int PREFIX_BYTES = 16;
  private static final int MAX_BYTES = 64 << 20;

  /** One file. */
  public record Entry(String name, long bytes) {}

  public BackupHeader {
    files = List.copyOf(files);
  }

  /** How long the backup is without its last digest. */
  public long payloadBytes() {
    return roundUp(contentBytes());
  }

  /** How many zeros come before the last digest. */
  int padding() {
    return Math.toIntExact(payloadBytes() - contentBytes());
  }

  private long contentBytes() {
    long bytes = encode().length;
    for (Entry file : files) {
      bytes = Math.addExact(bytes, Math.addExact(file.bytes, DIGEST_BYTES));
    }
    return bytes;
  }

  private static long roundUp(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  byte[] encode() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (DataOutputStream fields = new DataOutputStream(body);
        DataOutputStream out = new DataOutputStream(all)) {
      fields.writeLong(clusterId);
      fields.writeLong(memberId);
      fields.writeUTF(version);
      fields.writeInt(files.size());
      for (Entry file : files) {
        fields.writeLong(file.bytes);
        fields.writeUTF(file.name);
      }
      out.write(MAGIC);
      out.writeInt(FORMAT);
      out.writeInt(body.size());
      body.writeTo(out);
      out.writeInt(checksum(all.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return all.toByteArray();
  }

  private static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  /**
   * Reads a header.
   *
   * @throws DamagedBackupException if there is none, it is damaged, or a newer version wrote it
   */
  static BackupHeader read(InputStream in) throws IOException {
    byte[] prefix = in.readNBytes(PREFIX_BYTES);
    if (prefix.length < PREFIX_BYTES || !startsWithMagic(prefix)) {
      throw new DamagedBackupException(
          "this is no Kvorum snapshot: it does not begin with \"KVBACKUP\""
              + " (a snapshot of an etcd cannot be restored here)");
    }
    DataInputStream numbers =
        new DataInputStream(new ByteArrayInputStream(prefix, MAGIC.length, 2 * Integer.BYTES));
    int format = numbers.readInt();
    int length = numbers.readInt();
    if (format != FORMAT) {
      throw new DamagedBackupException("the snapshot has format " + format
          + ", this version reads format " + FORMAT + ": use the version that it was taken with");
    }
    if (length < 0 || length > MAX_BYTES) {
      throw damaged();
    }
    byte[] body = in.readNBytes(length);
    byte[] sum = in.readNBytes(Integer.BYTES);
    if (sum.length < Integer.BYTES) {
      throw new DamagedBackupException("the snapshot ends within its header");
    }
    CRC32C checksum = new CRC32C();
    checksum.update(prefix);
    checksum.update(body);
    if (new DataInputStream(new ByteArrayInputStream(sum)).readInt() != (int) checksum.getValue()) {
      throw damaged();
    }
    return decode(body);
  }

  private static BackupHeader decode(byte[] body) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      long cluster = in.readLong();
      long member = in.readLong();
      String version = in.readUTF();
      int count = in.readInt();
      List<Entry> files = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (int i = 0; i < count; i++) {
        long bytes = in.readLong();
        String name = in.readUTF();
        if (bytes < 0 || !isPlain(name) || !names.add(name)) {
          throw damaged();
        }
        files.add(new Entry(name, bytes));
      }
      return new BackupHeader(cluster, member, version, files);
    } catch (EOFException e) {
      throw damaged();
    }
  }

  /** Names come from outside: they must not lead anywhere else. */
  private static boolean isPlain(String name) {
    return name.matches("[A-Za-z0-9][A-Za-z0-9._-]*");
  }

  private static boolean startsWithMagic(byte[] prefix) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (prefix[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  private static DamagedBackupException damaged() {
    return new DamagedBackupException("the snapshot's header is damaged");
  }
}
