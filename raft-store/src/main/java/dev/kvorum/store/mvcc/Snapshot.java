package dev.kvorum.store.mvcc;

import dev.kvorum.store.tree.SortedTree;

/**
 * The index at one moment.
 *
 * @param tree keys to their newest versions
 * @param revision of the last change in it
 * @param compactRevision the lowest revision that can be read; {@link #NEVER_COMPACTED} before the first compaction
 * @param recent creations and deletions up to {@code revision}
 */
record Snapshot(
    SortedTree<Version> tree, long revision, long compactRevision, RecentChanges.Mark recent) {
  /** Below every revision that a client can name as compacted, so that a first compaction at 0 is possible. */
  static final long NEVER_COMPACTED = -1;
}
