package dev.kvorum.store.mvcc;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last creations and deletions of keys, so that keys can be counted at a recent revision without walking them:
 * what exists now, minus what was created since, plus what was deleted since.
 *
 * <p>One writer. Readers hold a {@link Mark}, which never changes for them: slots are written once, before the mark that
 * covers them is published.
 */
final class RecentChanges {
  private static final int CHUNK = 64;

  private final int maxChunks;
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private Chunk newest;
  private int used;

  /**
   * @param capacity changes to remember; rounded up
   * @param revision nothing at or before it is remembered
   */
  RecentChanges(int capacity, long revision) {
    maxChunks = Math.max(1, (capacity + CHUNK - 1) / CHUNK);
    newest = new Chunk(null, revision);
    chunks.addLast(newest);
  }

  /** Remembers that {@code key} was created or deleted at {@code revision}. */
  void add(byte[] key, long revision, boolean created) {
    if (used == CHUNK) {
      Chunk full = newest;
      newest = new Chunk(full, full.revisions[CHUNK - 1]);
      chunks.addLast(newest);
      used = 0;
      if (chunks.size() > maxChunks) {
        chunks.removeFirst();
        chunks.getFirst().older = null;
      }
    }
    newest.keys[used] = key;
    newest.revisions[used] = revision;
    newest.created[used] = created;
    used++;
  }

  /** Everything so far. */
  Mark mark() {
    return new Mark(newest, used);
  }

  /** Slots that fill up from 0; every change after {@code since} is in this chunk or a newer one. */
  private static final class Chunk {
    final byte[][] keys = new byte[CHUNK][];
    final long[] revisions = new long[CHUNK];
    final boolean[] created = new boolean[CHUNK];
    final long since;
    volatile @Nullable Chunk older;

    Chunk(@Nullable Chunk older, long since) {
      this.older = older;
      this.since = since;
    }
  }

  /** What was remembered at one moment. */
  static final class Mark {
    /** The answer when too much has happened since, or it is not remembered. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private final Chunk newest;
    private final int used;

    private Mark(Chunk newest, int used) {
      this.newest = newest;
      this.used = used;
    }

    /**
     * Creations minus deletions after {@code revision} among keys with {@code from <= key < to}.
     *
     * @param to null for no bound
     * @param maxLooks the most changes to look at before giving up
     * @return {@link #UNKNOWN} when it cannot be told
     */
    long growthSince(long revision, byte[] from, byte @Nullable [] to, long maxLooks) {
      long growth = 0;
      long looks = maxLooks;
      Chunk chunk = newest;
      int at = used;
      while (true) {
        while (--at >= 0) {
          if (chunk.revisions[at] <= revision) {
            return growth;
          }
          if (--looks < 0) {
            return UNKNOWN;
          }
          byte[] key = chunk.keys[at];
          if (Arrays.compareUnsigned(key, from) >= 0
              && (to == null || Arrays.compareUnsigned(key, to) < 0)) {
            growth += chunk.created[at] ? 1 : -1;
          }
        }
        if (chunk.since <= revision) {
          return growth;
        }
        Chunk older = chunk.older;
        if (older == null) {
          return UNKNOWN;
        }
        chunk = older;
        at = CHUNK;
      }
    }
  }
}
