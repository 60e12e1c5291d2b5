package dev.kvorum.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files that are read again when they change. Follows links, as secrets are often replaced by turning one. Not
 * thread-safe.
 */
final class WatchedFiles {
  private static final long MAX_BYTES = 64 << 20;

  /** A file written twice within the resolution of its time stamp looks unchanged: it is read again for so long. */
  private static final long SETTLED_SECONDS = 3;

  private record Stamp(
      long bytes, Instant modified, @Nullable Object inode) {}

  private final List<Path> files;
  private final Map<Path, @Nullable Stamp> stamps = new HashMap<>();
  private Map<Path, byte[]> contents = Map.of();
  private Instant readAt = Instant.EPOCH;

  WatchedFiles(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Reads the files if they may have changed.
   *
   * @return what they hold; null if that is the same as the last time
   * @throws IOException if one cannot be read
   */
  @Nullable
  Map<Path, byte[]> readIfChanged() throws IOException {
    Map<Path, Stamp> now = new LinkedHashMap<>();
    boolean suspect = contents.isEmpty();
    for (Path file : files) {
      Stamp stamp = stamp(file);
      now.put(file, stamp);
      suspect |= !stamp.equals(stamps.get(file))
          || stamp.modified.isAfter(readAt.minusSeconds(SETTLED_SECONDS));
    }
    if (!suspect) {
      return null;
    }
    Instant start = Instant.now();
    Map<Path, byte[]> read = new HashMap<>();
    for (Path file : files) {
      read.put(file, read(file));
    }
    stamps.putAll(now);
    readAt = start;
    boolean same = files.stream()
        .allMatch(file -> contents.containsKey(file)
            && Arrays.equals(
                Objects.requireNonNull(contents.get(file)),
                Objects.requireNonNull(read.get(file))));
    contents = read;
    return same ? null : read;
  }

  private static Stamp stamp(Path file) throws TlsException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(
          attributes.size(), attributes.lastModifiedTime().toInstant(), attributes.fileKey());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static byte[] read(Path file) throws TlsException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TlsException(file + " is larger than " + MAX_BYTES + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (TlsException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static TlsException unreadable(Path file, IOException cause) {
    return cause instanceof NoSuchFileException
        ? new TlsException(file + " does not exist")
        : new TlsException(file + " cannot be read", cause);
  }
}
