package dev.kvorum.store.mvcc;

import dev.kvorum.store.KeyValue;
import dev.kvorum.store.tree.SortedTree;
import org.jspecify.annotations.Nullable;

/**
 * What the key index knows of one version of a key. A key's newest version is in the tree; each links to the next older
 * one.
 *
 * <p>Worked example: put at 2, put at 5, delete at 7, put at 9 gives {@code 9(create 9) -> 7(tombstone) -> 5(create 2)
 * -> 2(create 2)}. Compacting at 6 cuts the link from 5 to 2; compacting at 8 cuts the link from 9 to 7, because at 8 the
 * key does not exist and nothing older can be read.
 */
final class Version implements SortedTree.Slot {
  private static final int UNIT = 64;

  final long modRevision;

  /** 0 for a tombstone. */
  final long createRevision;

  final long version;
  final long lease;

  /**
   * The next older version; null when there is none or compaction has cut it off. Volatile, so that a reader who finds
   * it cut also finds the compact revision that allowed the cut.
   */
  private volatile @Nullable Version older;

  /**
   * The version itself, if it is in memory. Racy on purpose: a key-value is immutable, and whoever misses one reads it
   * from the engine. Set and cleared by {@link ValueCache}, and by the writer before the version is published.
   */
  @Nullable
  KeyValue cached;

  /** Read since the cache last looked. Racy on purpose: it is a hint. */
  boolean recentlyUsed;

  /** What its rows take, in units of 64 bytes; two bytes here cost no memory, four would. */
  private final char storedUnits;

  Version(KeyValue keyValue, @Nullable Version older) {
    this.modRevision = keyValue.modRevision();
    this.createRevision = keyValue.createRevision();
    this.version = keyValue.version();
    this.lease = keyValue.lease();
    this.older = older;
    // Its own row has the key twice, its event a third time, and both some numbers.
    long stored = keyValue.encoded().length + 2L * keyValue.key().length() + 32;
    this.storedUnits = (char) Math.min(Character.MAX_VALUE, (stored + UNIT - 1) / UNIT);
  }

  /** About how many bytes are stored for it. */
  long storedBytes() {
    return (long) storedUnits * UNIT;
  }

  /** The same for it and everything older that can be reached. */
  long storedBytesOfChain() {
    long bytes = 0;
    for (Version each = this; each != null; each = each.older) {
      bytes += each.storedBytes();
    }
    return bytes;
  }

  @Override
  public boolean isCounted() {
    return createRevision != 0;
  }

  boolean isTombstone() {
    return createRevision == 0;
  }

  @Nullable
  Version older() {
    return older;
  }

  void linkOlder(Version next) {
    older = next;
  }

  void forgetOlder() {
    older = null;
  }

  /** The newest version at or below {@code revision} in this chain, or null; may be a tombstone. */
  @Nullable
  Version newestAt(long revision) {
    Version candidate = this;
    while (candidate != null && candidate.modRevision > revision) {
      candidate = candidate.older;
    }
    return candidate;
  }

  /** As {@link #newestAt}, but null if the key does not exist at {@code revision}. */
  @Nullable
  Version liveAt(long revision) {
    Version candidate = newestAt(revision);
    return candidate == null || candidate.isTombstone() ? null : candidate;
  }
}
