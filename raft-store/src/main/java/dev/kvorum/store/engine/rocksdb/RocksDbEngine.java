package dev.kvorum.store.engine.rocksdb;

import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.EngineListener;
import dev.kvorum.store.engine.EngineSize;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An {@link Engine} over RocksDB, without its write-ahead log. Thread-safe. */
public final class RocksDbEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(RocksDbEngine.class);
  private static final long CLOSE_REPORT_NANOS = 10_000_000_000L;

  private final Gate gate = new Gate();
  private final Path directory;
  private final EngineListener listener;
  private final Handles handles;
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final ReadOptions readOptions = new ReadOptions();
  private final ReadOptions persistedOptions =
      new ReadOptions().setReadTier(ReadTier.PERSISTED_TIER);

  private final Compaction compaction = new Compaction();

  private RocksDbEngine(RocksDbConfig config) throws RocksDBException {
    directory = config.directory();
    listener = config.listener();
    handles = new Handles(config);
  }

  /**
   * Opens the database, or makes an empty one.
   *
   * @throws UncheckedIOException if it is damaged, in use or cannot be read
   */
  public static RocksDbEngine open(RocksDbConfig config) {
    NativeLibrary.load(config.nativeDirectory());
    try {
      Files.createDirectories(config.directory());
      return new RocksDbEngine(config);
    } catch (RocksDBException e) {
      throw failure("open " + config.directory(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    return get(family, key, readOptions);
  }

  @Override
  public byte @Nullable [] getPersisted(Family family, byte[] key) {
    return get(family, key, persistedOptions);
  }

  private byte @Nullable [] get(Family family, byte[] key, ReadOptions options) {
    int stripe = gate.enter();
    try {
      return handles.db.get(handles.handle(family), options, key);
    } catch (RocksDBException e) {
      throw failure("read from " + family, e);
    } finally {
      gate.exit(stripe);
    }
  }

  @Override
  public Cursor scan(Family family, byte[] from, byte @Nullable [] to, ScanKind kind) {
    int stripe = gate.enter();
    try {
      return new RocksDbCursor(handles, family, from, to, kind, () -> gate.exit(stripe));
    } catch (RuntimeException e) {
      gate.exit(stripe);
      throw e;
    }
  }

  @Override
  public void write(EngineBatch batch) {
    if (batch.isEmpty()) {
      return;
    }
    int stripe = gate.enter();
    long start = System.nanoTime();
    try (WriteBatch nativeBatch = new WriteBatch(batch.toByteArray())) {
      handles.db.write(writeOptions, nativeBatch);
      listener.written(System.nanoTime() - start);
    } catch (RocksDBException e) {
      throw failure("write a batch of " + batch.count() + " changes", e);
    } finally {
      gate.exit(stripe);
    }
  }

  @Override
  public void flush() {
    int stripe = gate.enter();
    try {
      flushAll();
    } finally {
      gate.exit(stripe);
    }
  }

  private void flushAll() {
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      handles.db.flush(options, handles.allFamilies());
    } catch (RocksDBException e) {
      throw failure("flush", e);
    }
  }

  @Override
  public void checkpoint(Path target) {
    int stripe = gate.enter();
    try (Checkpoint checkpoint = Checkpoint.create(handles.db)) {
      checkpoint.createCheckpoint(target.toString());
      sync(target);
    } catch (RocksDBException e) {
      throw failure("checkpoint to " + target, e);
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoint to " + target, e);
    } finally {
      gate.exit(stripe);
    }
  }

  /** RocksDB does not promise that the small files of a checkpoint and its directory entries are on disk. */
  private static void sync(Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> listing = Files.list(target)) {
      files = listing.toList();
    }
    for (Path file : files) {
      force(file);
    }
    force(target);
    Path parent = target.toAbsolutePath().getParent();
    if (parent != null) {
      force(parent);
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void dropFiles(Family family, byte[] from, byte[] to) {
    int stripe = gate.enter();
    try {
      handles.db.deleteFilesInRanges(handles.handle(family), List.of(from, to), false);
    } catch (RocksDBException e) {
      throw failure("drop files of " + family, e);
    } finally {
      gate.exit(stripe);
    }
  }

  @Override
  public void compact() {
    int stripe = gate.enter();
    try {
      compaction.run(handles);
    } catch (RocksDBException e) {
      throw failure("compact", e);
    } finally {
      gate.exit(stripe);
    }
  }

  @Override
  public EngineSize size() {
    int stripe = gate.enter();
    try {
      long memory = handles.db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
      long files = handles.db.getAggregatedLongProperty("rocksdb.live-sst-files-size");
      return new EngineSize(memory + files);
    } catch (RocksDBException e) {
      throw failure("measure", e);
    } finally {
      gate.exit(stripe);
    }
  }

  @Override
  public void close() {
    if (!gate.close()) {
      return;
    }
    compaction.stop();
    while (!gate.awaitEmpty(CLOSE_REPORT_NANOS)) {
      LOG.warn("close waits for {} readers of {}", gate.count(), directory);
    }
    try {
      flushAll();
    } finally {
      writeOptions.close();
      readOptions.close();
      persistedOptions.close();
      handles.close();
    }
  }

  static UncheckedIOException failure(String what, RocksDBException e) {
    return new UncheckedIOException(what, new IOException(e.getMessage(), e));
  }
}
