package dev.kvorum.store.raft;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DurationHistogram;
import dev.kvorum.store.Event;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.apply.ApplyConfig;
import dev.kvorum.store.apply.LogPosition;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineListener;
import dev.kvorum.store.engine.rocksdb.RocksDbConfig;
import dev.kvorum.store.engine.rocksdb.RocksDbEngine;
import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.StateDirectory;
import dev.kvorum.store.watch.History;
import dev.kvorum.store.watch.HistoryPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This member's copy of the replicated state: opened at start, written to disk now and then, replaced by a snapshot.
 *
 * <p>Invariant: the Raft log is not cut above what the copy that CURRENT names has on disk.
 *
 * <p>Threading: {@link #open}, {@link #adopt}, {@link #offerSnapshot} belong to the thread that applies entries, {@link
 * #flushIfDue} to one other; {@link #prepare} to whoever installs snapshots; the rest is anybody's.
 */
final class Replica implements History {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  private static final long FLUSH_BYTES = 256L << 20;
  private static final long FLUSH_NANOS = 60_000_000_000L;

  private final RaftConfig config;
  private final FatalHandler fatal;
  private final StateDirectory directory;
  private final Path nativeDirectory;
  private final DurationHistogram commits = DurationHistogram.doubling(0.001, 14);
  private final AtomicLong bytesSinceFlush = new AtomicLong();
  private volatile @Nullable LocalState state;
  private volatile LogPosition persisted = LogPosition.NONE;
  private volatile long lastFlushNanos = System.nanoTime();
  private long lastOffered = -1; // the apply thread's

  /** A snapshot that CURRENT names already and that Ratis has not asked to use yet. Guarded by this. */
  private @Nullable Prepared prepared;

  /** Where it is, and where the copy in use is. */
  private record Prepared(LocalState state, Path copy, Path previous) {}

  Replica(RaftConfig config, DataDirectory data, FatalHandler fatal) throws IOException {
    this.config = config;
    this.fatal = fatal;
    this.directory = StateDirectory.open(data.state());
    this.nativeDirectory = data.state().resolveSibling("native").toAbsolutePath();
  }

  /** Opens the copy that CURRENT names. */
  void open() {
    LocalState opened = open(directory.current());
    state = opened;
    persisted = opened.applier().persistedPosition();
    lastOffered = persisted.index();
    LOG.info(
        "state opened at log position {} (on disk {}), revision {}",
        opened.applier().appliedPosition(),
        persisted,
        opened.applier().lastRevision());
  }

  private LocalState open(Path copy) {
    Engine engine = RocksDbEngine.open(
        RocksDbConfig.at(copy).withNativeDirectory(nativeDirectory).withListener(new Listener()));
    try {
      return new LocalState(engine, Applier.open(engine, ApplyConfig.defaults()));
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /** How long it takes to write the changes of an entry, which are durable after the next flush. */
  DurationHistogram commits() {
    return commits;
  }

  boolean isOpen() {
    return state != null;
  }

  LocalState state() {
    LocalState current = state;
    if (current == null) {
      throw new IllegalStateException("the state is not open");
    }
    return current;
  }

  Applier applier() {
    return state().applier();
  }

  /** What is stored here and not garbage, in bytes; at most what is on disk or on its way there. */
  long sizeInUseBytes() {
    LocalState current = state();
    return Math.min(current.engine().size().totalBytes(), current.applier().retainedBytes());
  }

  StateDirectory directory() {
    return directory;
  }

  /** Notes the size of an entry that was applied. */
  void applied(int encodedBytes) {
    bytesSinceFlush.addAndGet(encodedBytes);
  }

  /** The last position known to be on disk; may be behind the truth. */
  LogPosition persisted() {
    return persisted;
  }

  /** Writes the state to disk when enough was applied since the last time, so that the log can be cut and replay is short. */
  void flushIfDue() {
    Applier applier = applier();
    LogPosition onDisk = applier.persistedPosition();
    if (onDisk.index() > persisted.index()) {
      persisted = onDisk; // the engine writes by itself, too
    }
    long behind = applier.appliedIndex() - persisted.index();
    long elapsed = System.nanoTime() - lastFlushNanos;
    long entries = Math.max(1, Math.min(10_000, config.snapshotCount() / 2));
    if (behind >= entries
        || bytesSinceFlush.get() >= FLUSH_BYTES
        || (behind > 0 && elapsed >= FLUSH_NANOS)) {
      flush();
    }
  }

  private void flush() {
    LocalState current = state();
    bytesSinceFlush.set(0);
    lastFlushNanos = System.nanoTime();
    LogPosition flushed = current.applier().flush();
    synchronized (this) {
      if (current.engine().equals(state().engine()) && flushed.index() > persisted.index()) {
        persisted = flushed;
      }
    }
  }

  /** What may be cut off the log: up to the index returned; −1 for nothing. */
  long offerSnapshot() {
    synchronized (this) {
      Prepared waiting = prepared;
      if (waiting != null) {
        if (waiting.state.applier().appliedIndex() > applier().appliedIndex()) {
          return -1; // after a restart the snapshot is the state, and it needs the log from there
          // on
        }
        abandon(waiting);
      }
    }
    long index = persisted.index();
    if (index <= lastOffered) {
      return -1;
    }
    lastOffered = index;
    return index;
  }

  /** The log has overtaken a snapshot that was never asked for: stay with what there is. */
  private void abandon(Prepared waiting) {
    try {
      directory.use(waiting.previous);
      prepared = null;
      waiting.state.close();
      directory.deleteUnused();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * Opens a snapshot that has arrived and makes it the state after the next restart; {@link #adopt} makes it the state now.
   *
   * <p>CURRENT changes before Ratis is told, because Ratis then drops the log that the old copy would need.
   *
   * @param temporary holds it, every file on disk
   * @param minIndex what it must reach to be of use
   * @return its position; null if it is of no use
   */
  @Nullable
  LogPosition prepare(Path temporary, long minIndex) throws IOException {
    Path previous = directory.current();
    Path copy = directory.adopt(temporary);
    config.failpoints().reached("snapshot named");
    LocalState arrived = open(copy);
    config.failpoints().reached("snapshot opened");
    LogPosition position = arrived.applier().appliedPosition();
    if (position.index() < minIndex || position.index() <= applier().appliedIndex()) {
      LOG.warn("a snapshot at {} is of no use: the log begins after {}", position, minIndex);
      arrived.close();
      directory.deleteUnused();
      return null;
    }
    synchronized (this) {
      directory.use(copy);
      prepared = new Prepared(arrived, copy, previous);
    }
    config.failpoints().reached("snapshot current");
    return position;
  }

  /** The position of a snapshot that is here and was not asked for yet; null if there is none. */
  synchronized @Nullable LogPosition prepared() {
    Prepared waiting = prepared;
    return waiting == null ? null : waiting.state.applier().appliedPosition();
  }

  /** Replaces the state by the snapshot that was prepared, and lets go of the old one. */
  void adopt() throws IOException {
    LocalState old = state();
    synchronized (this) {
      Prepared waiting = prepared;
      if (waiting == null) {
        throw new IllegalStateException("no snapshot was prepared");
      }
      state = waiting.state;
      persisted = waiting.state.applier().persistedPosition();
      lastOffered = persisted.index();
      prepared = null;
    }
    bytesSinceFlush.set(0);
    old.close();
    directory.deleteUnused();
  }

  void close() {
    synchronized (this) {
      Prepared waiting = prepared;
      if (waiting != null) {
        waiting.state.close();
        prepared = null;
      }
    }
    LocalState current = state;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public long currentRevision() {
    return applier().lastRevision();
  }

  @Override
  public long compactRevision() {
    return applier().compactRevision();
  }

  @Override
  public HistoryPage read(
      Predicate<Bytes> wanted, long fromRevision, long toRevision, int maxEvents, long maxBytes) {
    dev.kvorum.store.mvcc.HistoryPage page =
        applier().view().readHistory(wanted, fromRevision, toRevision, maxEvents, maxBytes);
    List<Event> events = page.events();
    return new HistoryPage(events, page.nextRevision());
  }

  /** Hears of the engine's own threads. */
  private final class Listener implements EngineListener {
    @Override
    public void backgroundError(String description) {
      fatal.fatal(
          "the state could not be written to disk: " + description, new IOException(description));
    }

    @Override
    public void stallChanged(boolean stalled) {
      LOG.warn("the disk {}", stalled ? "cannot keep up: writes slow down" : "keeps up again");
    }

    @Override
    public void written(long nanos) {
      commits.record(nanos);
    }
  }
}
