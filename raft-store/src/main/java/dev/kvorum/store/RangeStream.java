package dev.kvorum.store;

import java.util.concurrent.CompletableFuture;

/**
 * A range that is read part by part (etcd v3 API: RangeStream). Every part shows the same revision, which is settled when
 * the first one is read; keys ascend over all parts. Nothing is read before it is asked for, so what is in memory is one
 * part, and whoever is slow holds up nobody else.
 *
 * <p>For one caller at a time. Nothing is held between parts: compaction may pass the revision that is shown, and then
 * the next part fails with {@link StoreException.Kind#COMPACTED}.
 */
public interface RangeStream extends AutoCloseable {
  /** Reads the next part. The one before must have come, and must not have been the last. */
  CompletableFuture<RangePart> next();

  /** Reads no more; a part under way may still come. Idempotent. */
  @Override
  void close();
}
