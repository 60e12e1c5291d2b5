package dev.kvorum.store.raft;

import java.time.Duration;

/** How much history is kept without anybody asking for compaction. */
public sealed interface AutoCompaction {
  /** All of it. */
  record Off() implements AutoCompaction {}

  /** That of the last {@code retention}. */
  record Periodic(Duration retention) implements AutoCompaction {
    public Periodic {
      if (retention.toMillis() < 10) {
        throw new IllegalArgumentException("retention of " + retention);
      }
    }
  }

  /** The last so many revisions. */
  record Revisions(long retention) implements AutoCompaction {
    public Revisions {
      if (retention < 1) {
        throw new IllegalArgumentException("retention of " + retention + " revisions");
      }
    }
  }
}
