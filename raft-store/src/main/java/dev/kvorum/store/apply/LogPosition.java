package dev.kvorum.store.apply;

/**
 * A place in the Raft log.
 *
 * @param term the term of the entry
 * @param index its index; −1 before the first
 */
public record LogPosition(long term, long index) {
  /** Before the first entry. */
  public static final LogPosition NONE = new LogPosition(0, -1);
}
