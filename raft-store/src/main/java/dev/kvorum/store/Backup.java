package dev.kvorum.store;

import java.util.concurrent.CompletableFuture;

/**
 * A copy of a member's whole state at one moment, to be read once from beginning to end. It takes disk space until it is
 * closed, and is closed by the store when nobody has read from it for long.
 *
 * <p>One read at a time; otherwise thread-safe.
 */
public interface Backup extends AutoCloseable {
  /** How many bytes there are; a multiple of 512. */
  long totalBytes();

  /**
   * Reads on. Completes, where the call that made this backup wanted to be answered, with at most {@code maxBytes} and
   * only at the end with none. Never waits.
   */
  CompletableFuture<byte[]> read(int maxBytes);

  /** Gives the disk space back; never waits. Idempotent. */
  @Override
  void close();
}
