package dev.kvorum.store.testing;

import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.EngineSize;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine that keeps its rows in memory and remembers what a crash would leave of them. Slow and simple: every cursor
 * is a copy. Thread-safe.
 */
public final class InMemoryEngine implements Engine {
  /** Checkpoints, by directory, for {@link #openCheckpoint}. */
  private static final Map<Path, InMemoryEngine> CHECKPOINTS = new HashMap<>();

  private final Map<Family, NavigableMap<byte[], byte[]>> rows;
  private Map<Family, NavigableMap<byte[], byte[]>> durable;
  private int cursors;
  private boolean closed;
  private @Nullable RuntimeException failure;
  private BooleanSupplier flushDecision = () -> false;

  public InMemoryEngine() {
    this(none(), none());
  }

  private InMemoryEngine(
      Map<Family, NavigableMap<byte[], byte[]>> rows,
      Map<Family, NavigableMap<byte[], byte[]>> durable) {
    this.rows = rows;
    this.durable = durable;
  }

  private static Map<Family, NavigableMap<byte[], byte[]>> none() {
    Map<Family, NavigableMap<byte[], byte[]>> families = new EnumMap<>(Family.class);
    for (Family family : Family.values()) {
      families.put(family, new TreeMap<>(Arrays::compareUnsigned));
    }
    return families;
  }

  private static Map<Family, NavigableMap<byte[], byte[]>> copy(
      Map<Family, NavigableMap<byte[], byte[]>> families) {
    Map<Family, NavigableMap<byte[], byte[]>> copy = none();
    families.forEach((family, map) -> map(copy, family).putAll(map));
    return copy;
  }

  /** A new engine that holds what a crash now would leave of this one. */
  public synchronized InMemoryEngine crashImage() {
    return new InMemoryEngine(copy(durable), copy(durable));
  }

  /** What {@link #checkpoint} wrote to {@code directory}, as an engine of its own. */
  public static InMemoryEngine openCheckpoint(Path directory) {
    synchronized (CHECKPOINTS) {
      InMemoryEngine checkpoint = CHECKPOINTS.get(directory.toAbsolutePath());
      if (checkpoint == null) {
        throw new IllegalArgumentException("no checkpoint at " + directory);
      }
      return checkpoint.crashImage();
    }
  }

  /** Lets writes become durable by themselves, as a background flush does: whenever {@code decision} says so. */
  public synchronized void flushAfterWrites(BooleanSupplier decision) {
    flushDecision = decision;
  }

  /** Lets every later write fail. */
  public synchronized void failWrites(RuntimeException with) {
    failure = with;
  }

  /** All rows of a family, in order, as (key, value) pairs. */
  public synchronized List<Map.Entry<byte[], byte[]>> rows(Family family) {
    return List.copyOf(map(family).entrySet());
  }

  @Override
  public synchronized byte @Nullable [] get(Family family, byte[] key) {
    requireOpen();
    byte[] value = map(family).get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public synchronized byte @Nullable [] getPersisted(Family family, byte[] key) {
    requireOpen();
    byte[] value = map(durable, family).get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public synchronized Cursor scan(Family family, byte[] from, byte @Nullable [] to, ScanKind kind) {
    requireOpen();
    NavigableMap<byte[], byte[]> range = new TreeMap<>(Arrays::compareUnsigned);
    if (to == null) {
      range.putAll(map(family).tailMap(from, true));
    } else if (Arrays.compareUnsigned(from, to) < 0) {
      range.putAll(map(family).subMap(from, true, to, false));
    }
    cursors++;
    return new MapCursor(range);
  }

  @Override
  public synchronized void write(EngineBatch batch) {
    requireOpen();
    if (failure != null) {
      throw failure;
    }
    batch.forEach(new EngineBatch.Visitor() {
      @Override
      public void put(Family family, byte[] key, byte[] value) {
        map(rows, family).put(key, value);
      }

      @Override
      public void delete(Family family, byte[] key) {
        map(rows, family).remove(key);
      }

      @Override
      public void deleteRange(Family family, byte[] from, byte[] to) {
        map(rows, family).subMap(from, true, to, false).clear();
      }
    });
    if (flushDecision.getAsBoolean()) {
      durable = copy(rows);
    }
  }

  @Override
  public synchronized void flush() {
    requireOpen();
    durable = copy(rows);
  }

  @Override
  public void checkpoint(Path directory) {
    try {
      if (Files.exists(directory)) {
        throw new FileAlreadyExistsException(directory.toString());
      }
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    InMemoryEngine copy;
    synchronized (this) {
      requireOpen();
      durable = copy(rows);
      copy = crashImage();
    }
    synchronized (CHECKPOINTS) {
      CHECKPOINTS.put(directory.toAbsolutePath(), copy);
    }
  }

  /** As harsh as the contract allows: every row of the range is gone, also from what a crash leaves. */
  @Override
  public synchronized void dropFiles(Family family, byte[] from, byte[] to) {
    requireOpen();
    if (Arrays.compareUnsigned(from, to) < 0) {
      map(family).subMap(from, true, to, false).clear();
      map(durable, family).subMap(from, true, to, false).clear();
    }
  }

  @Override
  public synchronized void compact() {
    requireOpen();
  }

  @Override
  public synchronized EngineSize size() {
    requireOpen();
    long bytes = 0;
    for (NavigableMap<byte[], byte[]> map : rows.values()) {
      for (Map.Entry<byte[], byte[]> row : map.entrySet()) {
        bytes += row.getKey().length + row.getValue().length;
      }
    }
    return new EngineSize(bytes);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      if (cursors != 0) {
        throw new IllegalStateException(cursors + " cursors are open");
      }
      durable = copy(rows);
      closed = true;
    }
  }

  private NavigableMap<byte[], byte[]> map(Family family) {
    return map(rows, family);
  }

  private static NavigableMap<byte[], byte[]> map(
      Map<Family, NavigableMap<byte[], byte[]>> families, Family family) {
    NavigableMap<byte[], byte[]> map = families.get(family);
    if (map == null) {
      throw new IllegalStateException("no family " + family);
    }
    return map;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  private final class MapCursor implements Cursor {
    private final NavigableMap<byte[], byte[]> range;
    private Iterator<Map.Entry<byte[], byte[]>> rest;
    private Map.@Nullable Entry<byte[], byte[]> current;
    private boolean open = true;

    MapCursor(NavigableMap<byte[], byte[]> range) {
      this.range = range;
      this.rest = new ArrayList<>(range.entrySet()).iterator();
    }

    @Override
    public boolean next() {
      requireOpenCursor();
      current = rest.hasNext() ? rest.next() : null;
      return current != null;
    }

    @Override
    public boolean seek(byte[] key) {
      requireOpenCursor();
      rest = range.tailMap(key, true).entrySet().iterator();
      return next();
    }

    @Override
    public byte[] key() {
      return row().getKey().clone();
    }

    @Override
    public byte[] value() {
      return row().getValue().clone();
    }

    private Map.Entry<byte[], byte[]> row() {
      requireOpenCursor();
      Map.Entry<byte[], byte[]> row = current;
      if (row == null) {
        throw new NoSuchElementException();
      }
      return row;
    }

    private void requireOpenCursor() {
      if (!open) {
        throw new IllegalStateException("the cursor is closed");
      }
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        synchronized (InMemoryEngine.this) {
          cursors--;
        }
      }
    }
  }
}
