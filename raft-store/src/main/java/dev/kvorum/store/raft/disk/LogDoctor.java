package dev.kvorum.store.raft.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a power cut leaves at the end of the Raft log from damage, before the log is opened.
 *
 * <p>A segment that is being written is preallocated with zeros. A power cut can leave its last record with some sectors
 * written and others still zero: a record that was never synced, so never acknowledged, but that fails its checksum. Ratis
 * knows two answers to a bad record: refuse to start, or drop it and everything after it. The first needs an operator
 * after every power cut, the second silently loses acknowledged entries when a bit flips in the middle. So: a bad last
 * record with a sector that is still zero, and nothing but zeros after it, is cut off (a copy stays beside the segment).
 * Anything else is damage, and a member with a damaged log must not vote.
 *
 * <pre>
 * segment: "RaftLog1" record* zero*      record: varint length | entry | CRC-32C of both, big endian
 * </pre>
 */
public final class LogDoctor {
  private static final Logger LOG = LoggerFactory.getLogger(LogDoctor.class);

  private static final int HEADER_LENGTH = 8;
  private static final int CHECKSUM_LENGTH = 4;
  private static final int SECTOR = 512;
  private static final String OPEN_SEGMENT = "log_inprogress_";
  private static final Pattern SEGMENT =
      Pattern.compile("log_(?:inprogress_(?<first>\\d+)|\\d+-(?<last>\\d+))");

  private final int maxRecordBytes;

  /**
   * Creates a doctor.
   *
   * @param maxRecordBytes the longest entry that the log accepts
   */
  public LogDoctor(int maxRecordBytes) {
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * Checks the open segments below {@code raft} and cuts off a torn last record.
   *
   * @param raft the Raft storage directory: one directory per group in it
   * @throws UnusableDataException if a segment is damaged
   */
  public void examine(Path raft) throws IOException {
    List<Path> segments;
    try (Stream<Path> files = Files.walk(raft, 3)) {
      segments = files
          .filter(file -> String.valueOf(file.getFileName()).matches(OPEN_SEGMENT + "\\d+"))
          .sorted()
          .toList();
    }
    for (Path segment : segments) {
      examineSegment(segment);
    }
  }

  private void examineSegment(Path segment) throws IOException {
    try (FileChannel channel =
        FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() < HEADER_LENGTH) {
        return; // died while creating it; nothing was ever acknowledged from here
      }
      MappedByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      int at = scan(content).end;
      if (isZero(content, at, content.limit()) || endsInside(content, at)) {
        return;
      }
      if (!isTorn(content, at)) {
        throw damaged(segment, at, null);
      }
      cut(segment, channel, at);
    }
  }

  /** How far the good records reach, and how many they are. */
  private record Scan(int end, long records) {}

  private Scan scan(ByteBuffer content) {
    int at = HEADER_LENGTH;
    long records = 0;
    int next = recordEnd(content, at);
    while (next > 0) {
      at = next;
      records++;
      next = recordEnd(content, at);
    }
    return new Scan(at, records);
  }

  /**
   * Deletes a log that ends before the state on disk does: every entry in it is part of that state.
   *
   * <p>That is what a crash leaves between the arrival of a snapshot and the end of the log it replaces, and also when the
   * state was written to disk faster than the log. Ratis drops the finished segments of such a log but keeps the open one,
   * and can then never append to it.
   *
   * @param persistedIndex the last log index that the state on disk covers
   */
  public void dropCovered(Path raft, long persistedIndex) throws IOException {
    List<Path> segments;
    try (Stream<Path> files = Files.walk(raft, 3)) {
      segments = files
          .filter(file -> SEGMENT.matcher(String.valueOf(file.getFileName())).matches())
          .sorted(Comparator.reverseOrder())
          .toList();
    }
    long last = -1;
    for (Path segment : segments) {
      last = Math.max(last, lastIndex(segment));
    }
    if (segments.isEmpty() || last >= persistedIndex) {
      return;
    }
    LOG.info(
        "the log ends at {}, the state on disk at {}: deleting {} segments",
        last,
        persistedIndex,
        segments.size());
    for (Path segment : segments) {
      Files.delete(segment);
    }
    DurableFiles.syncDirectory(DurableFiles.parentOf(segments.get(0)));
  }

  private long lastIndex(Path segment) throws IOException {
    Matcher name = SEGMENT.matcher(String.valueOf(segment.getFileName()));
    if (!name.matches()) {
      throw new IllegalArgumentException(segment + " is no segment");
    }
    if (name.group("last") != null) {
      return Long.parseLong(name.group("last"));
    }
    long first = Long.parseLong(name.group("first"));
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
      return channel.size() < HEADER_LENGTH
          ? first - 1
          : first - 1 + scan(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())).records;
    }
  }

  /** The end of the good record at {@code at}; −1 if there is none. */
  private int recordEnd(ByteBuffer content, int at) {
    long extent = extent(content, at);
    if (extent < 0) {
      return -1;
    }
    int end = Math.toIntExact(extent);
    CRC32C checksum = new CRC32C();
    checksum.update(content.slice(at, end - CHECKSUM_LENGTH - at));
    return (int) checksum.getValue() == content.getInt(end - CHECKSUM_LENGTH) ? end : -1;
  }

  /** Where the record at {@code at} ends going by its length; −1 if it has none or it does not fit. */
  private long extent(ByteBuffer content, int at) {
    int length = 0;
    int position = at;
    for (int shift = 0; shift < 35; shift += 7) {
      if (position >= content.limit()) {
        return -1;
      }
      byte next = content.get(position++);
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        long end = (long) position + length + CHECKSUM_LENGTH;
        return length > 0 && length <= maxRecordBytes && end <= content.limit() ? end : -1;
      }
    }
    return -1;
  }

  /** Whether the file ends within the record at {@code at}; Ratis drops such a record by itself. */
  private boolean endsInside(ByteBuffer content, int at) {
    int length = 0;
    int position = at;
    for (int shift = 0; shift < 35; shift += 7) {
      if (position >= content.limit()) {
        return true;
      }
      byte next = content.get(position++);
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        return length > 0
            && length <= maxRecordBytes
            && (long) position + length + CHECKSUM_LENGTH > content.limit();
      }
    }
    return false;
  }

  private boolean isTorn(ByteBuffer content, int at) {
    long end = extent(content, at);
    return end >= 0
        && isZero(content, Math.toIntExact(end), content.limit())
        && hasZeroSector(content, at, Math.toIntExact(end));
  }

  /**
   * Whether a sector that begins inside the record is all zero. The one the record begins in also holds what was synced
   * before it. What the last one holds beyond the record is zero too, as the caller has checked.
   */
  private static boolean hasZeroSector(ByteBuffer content, int from, int to) {
    for (int sector = (from + SECTOR - 1) / SECTOR * SECTOR; sector < to; sector += SECTOR) {
      if (isZero(content, sector, Math.min(sector + SECTOR, content.limit()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isZero(ByteBuffer content, int from, int to) {
    for (int i = from; i < to; i++) {
      if (content.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static void cut(Path segment, FileChannel channel, int at) throws IOException {
    Path copy =
        segment.resolveSibling(segment.getFileName() + ".torn-" + System.currentTimeMillis());
    Files.copy(segment, copy, StandardCopyOption.COPY_ATTRIBUTES);
    DurableFiles.syncFile(copy);
    DurableFiles.syncDirectory(DurableFiles.parentOf(copy));
    channel.truncate(at);
    channel.force(true);
    LOG.warn(
        "cut a half-written record, never acknowledged, off {} at byte {}; a copy is {}",
        segment,
        at,
        copy);
  }

  /** The refusal of a damaged log; also for damage that is found only when the log is read. */
  public static UnusableDataException damaged(Path segment, long at, @Nullable Throwable cause) {
    String message = "the Raft log is damaged: " + segment + (at < 0 ? "" : " at byte " + at)
        + ". This member may have lost entries that it acknowledged and must not vote again: remove it from the"
        + " cluster, empty its data directory and add it again as a new member";
    return cause == null
        ? new UnusableDataException(message)
        : new UnusableDataException(message, cause);
  }
}
