package dev.kvorum.store.mvcc;

/**
 * Where physical compaction stands.
 *
 * @param physicalRevision everything superseded at or below it is removed on this member
 * @param compactRevision what it is on its way to
 */
public record CompactionStep(long physicalRevision, long compactRevision) {
  /** Whether nothing is left to remove. */
  public boolean finished() {
    return physicalRevision >= compactRevision;
  }
}
