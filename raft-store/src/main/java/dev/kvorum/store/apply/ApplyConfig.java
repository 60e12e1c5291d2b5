package dev.kvorum.store.apply;

import java.util.function.LongConsumer;

/**
 * How an {@link Applier} uses memory and reports. Nothing here changes what is computed.
 *
 * @param valueCacheBytes bound on the encoded values kept in memory
 * @param recentChanges how many creations and deletions are remembered to count keys at recent revisions quickly
 * @param rebuildProgress told from time to time, while opening, how many rows were read so far
 */
public record ApplyConfig(long valueCacheBytes, int recentChanges, LongConsumer rebuildProgress) {
  public ApplyConfig {
    if (valueCacheBytes < 0 || recentChanges < 0) {
      throw new IllegalArgumentException(
          "valueCacheBytes " + valueCacheBytes + ", recentChanges " + recentChanges);
    }
  }

  /** 32 MiB of values, 65536 changes, no reports. */
  public static ApplyConfig defaults() {
    return new ApplyConfig(32L << 20, 1 << 16, rows -> {});
  }
}
