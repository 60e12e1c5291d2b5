package dev.kvorum.store.engine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An ordered key/value engine with atomic batches, unsigned byte order and no log of its own.
 *
 * <p>Durability: {@link #write} reaches memory only. What survives a crash is always the effect of an exact prefix of
 * the batches written, and at least all that were written before the last {@link #flush} that returned. The Raft log
 * replays the rest.
 *
 * <p>Every method may be called from any thread and fails with {@link IllegalStateException} once the engine is closed.
 * Failures of the disk are {@link java.io.UncheckedIOException}; after one of {@link #write} the member must stop.
 */
public interface Engine extends AutoCloseable {
  /** The value of {@code key}, or null if there is none. */
  byte @Nullable [] get(Family family, byte[] key);

  /** As {@link #get}, but of what would survive a crash now. */
  byte @Nullable [] getPersisted(Family family, byte[] key);

  /**
   * Opens a cursor on the rows with {@code from <= key < to}, as they are now. It sees no later write and must be closed
   * by the thread that uses it.
   *
   * @param to null for no bound
   */
  Cursor scan(Family family, byte[] from, byte @Nullable [] to, ScanKind kind);

  /** Applies {@code batch} atomically. Not durable when it returns. */
  void write(EngineBatch batch);

  /** Makes everything written so far durable, in all families together. */
  void flush();

  /**
   * Writes a consistent, complete copy of the engine to {@code directory}, which must not exist. It holds at least
   * everything written before the call. Files are shared with this engine where the file system can.
   */
  void checkpoint(Path directory);

  /**
   * Frees the disk space of rows with {@code from <= key < to} where whole files hold nothing else. Takes effect at once
   * and survives a crash even if later writes do not, so the rows must be unneeded by what {@link #getPersisted} shows.
   */
  void dropFiles(Family family, byte[] from, byte[] to);

  /**
   * Rewrites what is stored so that what was deleted takes no space any more. Blocks for as long as that takes, which is
   * long; other calls go on meanwhile. Does nothing while it is under way, and returns early when the engine is closed.
   */
  void compact();

  /** Sizes, for status and metrics. */
  EngineSize size();

  /** Waits for calls and cursors in progress, makes everything written durable and lets go of the files. Idempotent. */
  @Override
  void close();
}
