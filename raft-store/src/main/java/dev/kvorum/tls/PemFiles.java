package dev.kvorum.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;

/** Writes certificates and keys as the usual tools read them. */
final class PemFiles {
  private PemFiles() {}

  static String pem(String type, byte[] encoded) {
    return "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END "
        + type + "-----\n";
  }

  /** Nobody else may read it, not even for a moment. */
  static void write(Path file, String type, byte[] encoded) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    boolean posix = Files.getFileStore(existing(directory)).supportsFileAttributeView("posix");
    Files.createDirectories(directory, attributes(posix, "rwx------"));
    Files.deleteIfExists(file);
    try (FileChannel channel = FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        attributes(posix, "rw-------"))) {
      channel.write(ByteBuffer.wrap(pem(type, encoded).getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
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
