package dev.kvorum.store.raft;

/** Named points that a test can make fail, or at which it can stop a member. */
@FunctionalInterface
public interface Failpoints {
  Failpoints NONE = point -> {};

  /** Called when {@code point} is reached; what it throws is as if the step had failed there. */
  void reached(String point);
}
