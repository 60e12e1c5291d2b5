package dev.kvorum.store.raft.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which disk each other member was first seen with, kept on this member's disk.
 *
 * <p>A member whose disk was emptied has forgotten its votes and what it acknowledged; if it came back under its old id,
 * a majority could be counted twice. So the others remember. Thread-safe.
 */
public final class DiskRegister {
  private final Path file;
  private final TreeMap<Long, String> diskByMember = new TreeMap<>();

  private DiskRegister(Path file) {
    this.file = file;
  }

  static DiskRegister open(Path file) throws IOException {
    DiskRegister register = new DiskRegister(file);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        int space = line.indexOf(' ');
        try {
          register.diskByMember.put(
              Long.parseUnsignedLong(line.substring(0, Math.max(space, 0)), 16),
              line.substring(space + 1));
        } catch (NumberFormatException e) {
          throw new UnusableDataException(file + " is damaged: " + line, e);
        }
      }
    }
    return register;
  }

  /**
   * Notes that {@code memberId} uses {@code diskId}; on disk when it returns.
   *
   * @return false if the member is known with another disk, and nothing was noted
   */
  public synchronized boolean register(long memberId, String diskId) throws IOException {
    String known = diskByMember.get(memberId);
    if (known != null) {
      return known.equals(diskId);
    }
    diskByMember.put(memberId, diskId);
    try {
      save();
    } catch (IOException e) {
      diskByMember.remove(memberId);
      throw e;
    }
    return true;
  }

  /** The disk that {@code memberId} is known with. */
  public synchronized Optional<String> diskOf(long memberId) {
    return Optional.ofNullable(diskByMember.get(memberId));
  }

  private void save() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Long, String> entry : diskByMember.entrySet()) {
      text.append(HexFormat.of().toHexDigits(entry.getKey()))
          .append(' ')
          .append(entry.getValue())
          .append('\n');
    }
    DurableFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
