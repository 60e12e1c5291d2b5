package dev.kvorum.store;

/**
 * Something that is wrong with a member and that every member acts on until an operator has said that it is over.
 *
 * @param memberId whom it is about, unsigned; 0 for the whole cluster
 */
public record Alarm(long memberId, Type type) {
  /** What is wrong. */
  public enum Type {
    /** A member has used up its space: nothing that takes space is accepted. */
    NO_SPACE,
    /** Members were found to disagree: nothing is changed any more. */
    CORRUPT
  }
}
