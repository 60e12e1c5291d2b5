package dev.kvorum.store.engine.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Compaction of everything on demand, beside the ordinary one, and how it is broken off. */
final class Compaction {
  private @Nullable CompactRangeOptions running; // guarded by this, like the flag
  private boolean stopped;

  /** Compacts all families, unless that is under way already; returns early once {@link #stop} was called. */
  void run(Handles handles) throws RocksDBException {
    try (CompactRangeOptions options =
        new CompactRangeOptions().setExclusiveManualCompaction(false)) {
      if (!begin(options)) {
        return;
      }
      try {
        for (ColumnFamilyHandle family : handles.allFamilies()) {
          handles.db.compactRange(family, null, null, options);
        }
      } catch (RocksDBException e) {
        if (!isStopped() || !isBrokenOff(e)) {
          throw e;
        }
      } finally {
        end();
      }
    }
  }

  /** Breaks off what is running and refuses what comes. */
  synchronized void stop() {
    stopped = true;
    CompactRangeOptions options = running;
    if (options != null) {
      options.setCanceled(true);
    }
  }

  private static boolean isBrokenOff(RocksDBException e) {
    Status status = e.getStatus();
    return status != null
        && (status.getCode() == Status.Code.Incomplete
            || status.getCode() == Status.Code.Aborted
            || status.getCode() == Status.Code.ShutdownInProgress);
  }

  private synchronized boolean begin(CompactRangeOptions options) {
    if (stopped || running != null) {
      return false;
    }
    running = options;
    return true;
  }

  private synchronized void end() {
    running = null; // before the options are closed
  }

  private synchronized boolean isStopped() {
    return stopped;
  }
}
