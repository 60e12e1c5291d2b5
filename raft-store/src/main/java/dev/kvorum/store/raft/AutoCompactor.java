package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts history by itself, on the leader. Every member follows the revision all the time, so that one that becomes
 * leader knows what it was before.
 *
 * <p>By time: the revision is noted ten times per retention, ten times an hour when that is longer; the first compaction
 * comes after one retention, then one every retention or hour, each to what the revision was a retention ago. One that
 * failed is tried again at the next note. By count: every five minutes.
 */
final class AutoCompactor {
  private static final Logger LOG = LoggerFactory.getLogger(AutoCompactor.class);

  private static final long MAX_INTERVAL_NANOS = Duration.ofHours(1).toNanos();
  private static final long REVISIONS_INTERVAL_NANOS = Duration.ofMinutes(5).toNanos();
  private static final int NOTES_PER_INTERVAL = 10;

  /** Finds out what is due. */
  private interface Schedule {
    /** The revision to compact to now; 0 for none. */
    long due(long nanos, boolean leading, long revision);

    void compacted(long revision, long nanos);
  }

  private final Schedule schedule;
  private final Duration interval;
  private final LongSupplier nanoTime;
  private final LongSupplier revision;
  private final BooleanSupplier leading;
  private final LongFunction<CompletableFuture<Long>> compact;
  private boolean underWay; // guarded by this, like the schedule

  private AutoCompactor(
      Schedule schedule,
      long intervalNanos,
      LongSupplier nanoTime,
      LongSupplier revision,
      BooleanSupplier leading,
      LongFunction<CompletableFuture<Long>> compact) {
    this.schedule = schedule;
    this.interval = Duration.ofNanos(intervalNanos);
    this.nanoTime = nanoTime;
    this.revision = revision;
    this.leading = leading;
    this.compact = compact;
  }

  /**
   * What does it as {@code how} says; none if it is off.
   *
   * @param revision the store's
   * @param leading whether this member leads
   * @param compact proposes a compaction
   */
  static Optional<AutoCompactor> of(
      AutoCompaction how,
      LongSupplier nanoTime,
      LongSupplier revision,
      BooleanSupplier leading,
      LongFunction<CompletableFuture<Long>> compact) {
    return switch (how) {
      case AutoCompaction.Off off -> Optional.empty();
      case AutoCompaction.Periodic periodic -> {
        ByTime schedule =
            new ByTime(periodic.retention().toNanos(), nanoTime.getAsLong(), revision.getAsLong());
        yield Optional.of(
            new AutoCompactor(schedule, schedule.noteNanos, nanoTime, revision, leading, compact));
      }
      case AutoCompaction.Revisions revisions ->
        Optional.of(new AutoCompactor(
            new ByCount(revisions.retention()),
            REVISIONS_INTERVAL_NANOS,
            nanoTime,
            revision,
            leading,
            compact));
    };
  }

  /** How often {@link #step} is to be called. */
  Duration interval() {
    return interval;
  }

  void step() {
    long target;
    synchronized (this) {
      target = schedule.due(
          nanoTime.getAsLong(), leading.getAsBoolean() && !underWay, revision.getAsLong());
      if (target == 0) {
        return;
      }
      underWay = true;
    }
    LOG.info("compacting to revision {} by itself", target);
    Futures.onDone(compact.apply(target), (done, failure) -> ended(target, failure));
  }

  private synchronized void ended(long target, @Nullable Throwable failure) {
    underWay = false;
    boolean compactedAlready = failure instanceof StoreException refusal
        && refusal.kind() == StoreException.Kind.COMPACTED;
    if (failure == null || compactedAlready) {
      schedule.compacted(target, nanoTime.getAsLong());
    } else {
      LOG.warn("the compaction to revision {} failed; it is tried again", target, failure);
    }
  }

  private static final class ByTime implements Schedule {
    private final long retentionNanos;
    private final long intervalNanos;
    private final long noteNanos;
    private final int notes;
    private final ArrayDeque<Long> revisions = new ArrayDeque<>();
    private long waitNanos;
    private long lastNanos;
    private long lastRevision;

    ByTime(long retentionNanos, long nowNanos, long revision) {
      this.retentionNanos = retentionNanos;
      this.intervalNanos = Math.min(retentionNanos, MAX_INTERVAL_NANOS);
      this.noteNanos = intervalNanos / NOTES_PER_INTERVAL;
      this.notes = Math.toIntExact(retentionNanos / noteNanos + 1);
      this.waitNanos = retentionNanos;
      this.lastNanos = nowNanos;
      revisions.add(revision);
    }

    @Override
    public long due(long nanos, boolean leading, long revision) {
      long oldest = revisions.getFirst();
      revisions.add(revision);
      if (revisions.size() > notes) {
        revisions.removeFirst();
      }
      if (!leading || nanos - lastNanos < waitNanos || oldest == lastRevision) {
        return 0;
      }
      if (waitNanos == retentionNanos) {
        waitNanos = intervalNanos;
      }
      return oldest;
    }

    @Override
    public void compacted(long revision, long nanos) {
      lastRevision = revision;
      lastNanos = nanos;
    }
  }

  private static final class ByCount implements Schedule {
    private final long retention;
    private long lastRevision;

    ByCount(long retention) {
      this.retention = retention;
    }

    @Override
    public long due(long nanos, boolean leading, long revision) {
      long target = revision - retention;
      return leading && target > 0 && target != lastRevision ? target : 0;
    }

    @Override
    public void compacted(long revision, long nanos) {
      lastRevision = revision;
    }
  }
}
