package dev.kvorum.store;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often something took how long, in buckets. Recording allocates nothing and threads do not get into each other's way.
 * Thread-safe.
 */
public final class DurationHistogram {
  private static final double NANOS = 1e9;

  private final double[] boundsSeconds;
  private final long[] boundsNanos;
  private final LongAdder[] counts; // of each bucket alone, the last one without bound
  private final LongAdder sumNanos = new LongAdder();

  /** Has buckets for durations up to each of these, ascending, and one for the rest. */
  public DurationHistogram(double... boundsSeconds) {
    this.boundsSeconds = boundsSeconds.clone();
    this.boundsNanos = new long[boundsSeconds.length];
    this.counts = new LongAdder[boundsSeconds.length + 1];
    for (int i = 0; i < boundsSeconds.length; i++) {
      boundsNanos[i] = Math.round(boundsSeconds[i] * NANOS);
      if (i > 0 && boundsNanos[i] <= boundsNanos[i - 1]) {
        throw new IllegalArgumentException("bounds do not ascend at " + boundsSeconds[i]);
      }
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  /** Has {@code count} buckets, of which each goes twice as far as the one before. */
  public static DurationHistogram doubling(double firstSeconds, int count) {
    double[] bounds = new double[count];
    double bound = firstSeconds;
    for (int i = 0; i < count; i++) {
      bounds[i] = bound;
      bound *= 2;
    }
    return new DurationHistogram(bounds);
  }

  /** Counts one that took so long. */
  public void record(long nanos) {
    int bucket = 0;
    while (bucket < boundsNanos.length && nanos > boundsNanos[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sumNanos.add(Math.max(0, nanos));
  }

  /** How many buckets have a bound. */
  public int buckets() {
    return boundsSeconds.length;
  }

  /** Up to what the bucket counts. */
  public double boundSeconds(int bucket) {
    return boundsSeconds[bucket];
  }

  /** How many took longer than the bound before and at most this one; at {@link #buckets()}, longer than all bounds. */
  public long count(int bucket) {
    return counts[bucket].sum();
  }

  /** How long all of them took together. */
  public double sumSeconds() {
    return sumNanos.sum() / NANOS;
  }
}
