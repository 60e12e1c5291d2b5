package dev.kvorum.apiserver.storage;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of every change of a resource's objects for as long as the server runs, however often the store goes away. For all
 * threads.
 */
public final class ChangeFollower implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChangeFollower.class);

  private final BlockingStore store;
  private final StorageKeys keys;
  private final Executor serial;
  private final ScheduledExecutorService timer;
  private final Consumer<Change> changed;
  private final Runnable lost;

  // Of the serial executor.
  private final Pauses pauses = new Pauses();
  private @Nullable ChangeStream stream;
  private long reached;
  private boolean closed;

  /**
   * Makes one; it begins with {@link #follow}.
   *
   * @param serial runs its tasks one after the other
   * @param changed is told of each change, on that executor
   * @param lost is called there instead when changes were missed, because they had been compacted before they were heard of:
   *     everything has to be looked at, and {@link #follow} called again
   */
  public ChangeFollower(
      BlockingStore store,
      StorageKeys keys,
      Executor serial,
      ScheduledExecutorService timer,
      Consumer<Change> changed,
      Runnable lost) {
    this.store = store;
    this.keys = keys;
    this.serial = serial;
    this.timer = timer;
    this.changed = changed;
    this.lost = lost;
  }

  /** Begins with what comes after a revision. */
  public void follow(long after) {
    serial.execute(() -> {
      reached = after;
      open();
    });
  }

  private void open() {
    if (!closed && stream == null) {
      stream = store.changes(keys, "", reached + 1, serial, new Listener());
    }
  }

  @Override
  public void close() {
    serial.execute(() -> {
      closed = true;
      if (stream != null) {
        stream.close();
        stream = null;
      }
    });
  }

  private final class Listener implements ChangeListener {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void started(long revision) {
      pauses.reset();
    }

    @Override
    public void changes(List<Change> changes, long revision) {
      changes.forEach(changed);
      reached = revision;
    }

    @Override
    public void progress(long revision) {
      reached = revision;
    }

    @Override
    public void expired(long compactRevision) {
      stream = null;
      lost.run();
    }

    @Override
    public void failed(String why) {
      stream = null;
      if (closed) {
        return;
      }
      if (pauses.isFirst()) {
        log.warn("the watch of {} ended, and is opened again: {}", keys.prefix(), why);
      }
      var unused = timer.schedule(
          () -> serial.execute(ChangeFollower.this::open),
          pauses.nextMillis(),
          TimeUnit.MILLISECONDS);
    }
  }
}
