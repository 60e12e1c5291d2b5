package dev.kvorum.store.engine.rocksdb;

import dev.kvorum.store.engine.EngineListener;
import java.nio.file.Path;

/**
 * How a {@link RocksDbEngine} is opened.
 *
 * @param directory of the data; made if it does not exist
 * @param nativeDirectory where the native library is unpacked once and loaded from; must allow execution. The first
 *     engine of a process decides
 * @param memoryBytes bound on block cache and unflushed writes together, outside the Java heap; at least 16 MiB
 * @param backgroundJobs threads for flushing and compacting; at least 2
 * @param writeBytesPerSecond bound on what those threads write; 0 for none
 * @param listener hears of failures and stalls
 */
public record RocksDbConfig(
    Path directory,
    Path nativeDirectory,
    long memoryBytes,
    int backgroundJobs,
    long writeBytesPerSecond,
    EngineListener listener) {
  private static final long MIN_MEMORY_BYTES = 16L << 20;

  public RocksDbConfig {
    if (memoryBytes < MIN_MEMORY_BYTES || backgroundJobs < 2 || writeBytesPerSecond < 0) {
      throw new IllegalArgumentException("memoryBytes " + memoryBytes + ", backgroundJobs "
          + backgroundJobs + ", writeBytesPerSecond " + writeBytesPerSecond);
    }
  }

  /** 64 MiB of memory, two threads, no bound on writing; the native library in {@code native} beside the data. */
  public static RocksDbConfig at(Path directory) {
    return new RocksDbConfig(
        directory, directory.resolveSibling("native"), 64L << 20, 2, 0, EngineListener.NONE);
  }

  public RocksDbConfig withMemoryBytes(long bytes) {
    return new RocksDbConfig(
        directory, nativeDirectory, bytes, backgroundJobs, writeBytesPerSecond, listener);
  }

  public RocksDbConfig withNativeDirectory(Path path) {
    return new RocksDbConfig(
        directory, path, memoryBytes, backgroundJobs, writeBytesPerSecond, listener);
  }

  public RocksDbConfig withListener(EngineListener newListener) {
    return new RocksDbConfig(
        directory, nativeDirectory, memoryBytes, backgroundJobs, writeBytesPerSecond, newListener);
  }
}
