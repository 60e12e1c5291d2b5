package dev.kvorum.store.engine;

/** Changes that take effect together. Not thread-safe; used once. */
@SuppressWarnings("DoNotCallSuggester")
public final class EngineBatch {
  public void put(Family family, byte[] key, byte[] value) {
    throw new UnsupportedOperationException();
  }

  public void delete(Family family, byte[] key) {
    throw new UnsupportedOperationException();
  }

  /** Deletes {@code from <= key < to}. */
  public void deleteRange(Family family, byte[] from, byte[] to) {
    throw new UnsupportedOperationException();
  }
}
