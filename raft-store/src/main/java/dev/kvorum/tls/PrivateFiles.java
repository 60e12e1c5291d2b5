package dev.kvorum.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** Writes files that hold secrets: whole or not at all, and for nobody but their owner, not even for a moment. */
public final class PrivateFiles {
  private PrivateFiles() {}

  /**
   * Writes {@code content} to {@code file}, in place of what was there. It is on disk when this returns.
   *
   * @param file its directory is made if it is not there, for its owner's eyes only
   */
  public static void write(Path file, byte[] content) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    boolean posix = Files.getFileStore(existing(directory)).supportsFileAttributeView("posix");
    Files.createDirectories(directory, attributes(posix, "rwx------"));
    Path unfinished = directory.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished); // of somebody who was killed here
    try (FileChannel channel = FileChannel.open(
        unfinished,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        attributes(posix, "rw-------"))) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static FileAttribute<?>[] attributes(boolean posix, String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static Path existing(Path directory) {
    Path candidate = directory;
    while (!Files.exists(candidate)) {
      Path parent = candidate.getParent();
      if (parent == null) {
        return candidate;
      }
      candidate = parent;
    }
    return candidate;
  }
}
