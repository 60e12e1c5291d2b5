package dev.kvorum.store.engine;

/**
 * A position in a range of rows, ascending. Starts before the first row. Not thread-safe; must be closed.
 */
public interface Cursor extends AutoCloseable {
  /** Moves to the next row; false at the end. */
  boolean next();

  /** Moves to the first row at or after {@code key} within the range; false if there is none. */
  boolean seek(byte[] key);

  /** The key of the current row; the caller's own array. */
  byte[] key();

  /** The value of the current row; the caller's own array. */
  byte[] value();

  @Override
  void close();
}
