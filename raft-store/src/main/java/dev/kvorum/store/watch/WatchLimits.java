package dev.kvorum.store.watch;

import java.time.Duration;

/**
 * The bounds of a {@link WatchHub}.
 *
 * @param ringBytes heap that recent events may hold, their encoded forms included; the oldest go first
 * @param ringEntries applied log entries that are kept at most, rounded up to a power of two
 * @param maxResponseEvents events handed over in one call; one revision is never split, so a larger one goes alone
 * @param maxResponseBytes the same in bytes
 * @param maxWatchersPerStream watchers on one stream; further ones are refused
 * @param historyReadsPerLoop pages of history that one event loop has under way at most
 * @param progressInterval for how long a watcher that asked for progress stays without a word
 */
public record WatchLimits(
    long ringBytes,
    int ringEntries,
    int maxResponseEvents,
    long maxResponseBytes,
    int maxWatchersPerStream,
    int historyReadsPerLoop,
    Duration progressInterval) {
  private static final long MIB = 1 << 20;
  private static final int MAX_RING_ENTRIES = 1 << 24;

  public WatchLimits {
    if (ringBytes < 1
        || ringEntries < 1
        || ringEntries > MAX_RING_ENTRIES
        || maxResponseEvents < 1
        || maxResponseBytes < 1
        || maxWatchersPerStream < 1
        || historyReadsPerLoop < 1
        || progressInterval.toNanos() < 1) {
      throw new IllegalArgumentException("watch limits must be positive and in range");
    }
  }

  /** A sixteenth of the heap but at most 64 MiB of recent events; responses and interval as in etcd. */
  public static WatchLimits defaults() {
    long ringBytes = Math.clamp(Runtime.getRuntime().maxMemory() / 16, 4 * MIB, 64 * MIB);
    return new WatchLimits(ringBytes, 1 << 16, 1000, MIB, 100_000, 4, Duration.ofMinutes(10));
  }

  /** The same with another progress interval. */
  public WatchLimits withProgressInterval(Duration interval) {
    return new WatchLimits(
        ringBytes,
        ringEntries,
        maxResponseEvents,
        maxResponseBytes,
        maxWatchersPerStream,
        historyReadsPerLoop,
        interval);
  }

  /** How often {@link WatchHub#tick} wants to be called: a tenth of the interval, within 10 ms and 10 s. */
  public Duration tickInterval() {
    return Duration.ofNanos(
        Math.clamp(progressInterval.toNanos() / 10, 10_000_000L, 10_000_000_000L));
  }
}
