package dev.kvorum.store.engine.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Unpacks RocksDB's native library to a fixed place and loads it from there.
 *
 * <p>Left to itself RocksDB unpacks 17 MB to a new temporary file at every start and removes it at a clean exit only, so
 * that every kill leaves one behind until the disk is full.
 */
final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  /** Loads the library, once per process; later calls do nothing. */
  static synchronized void load(Path directory) {
    if (loaded) {
      return;
    }
    try {
      unpack(directory);
      RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException("unpack the native library to " + directory, e);
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalStateException(
          "load the native library from " + directory + "; is it mounted noexec?", e);
    }
    loaded = true;
  }

  /** Makes sure that the library is in {@code directory}, complete, and returns its file. */
  static Path unpack(Path directory) throws IOException {
    URL resource = RocksDB.class.getResource("/" + Environment.getJniLibraryFileName("rocksdb"));
    if (resource == null) {
      throw new IOException("no native library for this platform in the RocksDB jar: "
          + Environment.getJniLibraryFileName("rocksdb"));
    }
    Path file = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    Contents wanted = contents(resource);
    if (Files.isRegularFile(file)
        && Files.size(file) == wanted.size()
        && crc(Files.newInputStream(file)) == wanted.crc()) {
      return file;
    }
    Files.createDirectories(directory);
    Path unfinished = Files.createTempFile(directory, "unpacking", ".tmp");
    try {
      try (InputStream in = open(resource)) {
        Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
      }
      try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(
          unfinished,
          file,
          StandardCopyOption.ATOMIC_MOVE); // other processes keep the file they have mapped
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return file;
  }

  private record Contents(long size, long crc) {}

  private static Contents contents(URL resource) throws IOException {
    if (resource.openConnection() instanceof JarURLConnection connection) {
      connection.setUseCaches(false);
      try (var jar = connection.getJarFile()) {
        var entry = jar.getJarEntry(connection.getEntryName());
        return new Contents(entry.getSize(), entry.getCrc());
      }
    }
    try (InputStream in = open(resource)) {
      CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
      long size = checked.transferTo(java.io.OutputStream.nullOutputStream());
      return new Contents(size, checked.getChecksum().getValue());
    }
  }

  private static InputStream open(URL resource) throws IOException {
    var connection = resource.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  private static long crc(InputStream in) throws IOException {
    try (CheckedInputStream checked = new CheckedInputStream(in, new CRC32())) {
      checked.transferTo(java.io.OutputStream.nullOutputStream());
      return checked.getChecksum().getValue();
    }
  }
}
