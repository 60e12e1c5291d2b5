package dev.kvorum.store.engine.rocksdb;

import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.util.Arrays;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A cursor over a RocksDB iterator. Owns native handles until it is closed, and keeps the engine open so long. */
final class RocksDbCursor implements Cursor {
  private static final long BULK_READ_AHEAD_BYTES = 1L << 20;

  private final byte[] from;
  private final @Nullable Slice upperBound;
  private final ReadOptions options;
  private final RocksIterator iterator;
  private final Runnable onClose;
  private boolean started;
  private boolean valid;
  private boolean closed;

  RocksDbCursor(
      Handles handles,
      Family family,
      byte[] from,
      byte @Nullable [] to,
      ScanKind kind,
      Runnable onClose) {
    this.from = from;
    this.onClose = onClose;
    options = new ReadOptions();
    upperBound = to == null ? null : new Slice(to);
    if (upperBound != null) {
      options.setIterateUpperBound(upperBound);
    }
    if (kind == ScanKind.BULK) {
      options.setFillCache(false).setReadaheadSize(BULK_READ_AHEAD_BYTES);
    }
    iterator = handles.db.newIterator(handles.handle(family), options);
  }

  @Override
  public boolean next() {
    requireOpen();
    if (!started) {
      return seek(from);
    }
    if (!valid) {
      return false;
    }
    iterator.next();
    return settle();
  }

  @Override
  public boolean seek(byte[] key) {
    requireOpen();
    started = true;
    iterator.seek(Arrays.compareUnsigned(key, from) < 0 ? from : key);
    return settle();
  }

  private boolean settle() {
    valid = iterator.isValid();
    if (!valid) {
      try {
        iterator.status(); // the end, or a failure to read on
      } catch (RocksDBException e) {
        throw RocksDbEngine.failure("scan", e);
      }
    }
    return valid;
  }

  @Override
  public byte[] key() {
    requireRow();
    return iterator.key();
  }

  @Override
  public byte[] value() {
    requireRow();
    return iterator.value();
  }

  private void requireRow() {
    requireOpen();
    if (!valid) {
      throw new NoSuchElementException();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cursor is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    iterator.close();
    options.close();
    if (upperBound != null) {
      upperBound.close();
    }
    onClose.run();
  }
}
