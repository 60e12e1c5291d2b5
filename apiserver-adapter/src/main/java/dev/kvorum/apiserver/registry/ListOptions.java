package dev.kvorum.apiserver.registry;

import dev.kvorum.apiserver.selector.FieldSelector;
import dev.kvorum.apiserver.selector.LabelSelector;

/**
 * Which objects of a list are wanted (Kubernetes API: ListOptions).
 *
 * @param limit the most that a page should have; 0 for all
 * @param token where the pages before have ended; empty for the first one
 * @param resourceVersion as the client wrote it; empty if it did not
 * @param match what is meant by that: {@code Exact}, {@code NotOlderThan}, or empty
 */
public record ListOptions(
    LabelSelector labels,
    FieldSelector fields,
    long limit,
    String token,
    String resourceVersion,
    String match) {
  public static final ListOptions ALL =
      new ListOptions(LabelSelector.EVERYTHING, FieldSelector.EVERYTHING, 0, "", "", "");

  /** The first one, if there is one: whether there are any. */
  public static final ListOptions ANY =
      new ListOptions(LabelSelector.EVERYTHING, FieldSelector.EVERYTHING, 1, "", "", "");

  boolean isSelective() {
    return !labels.isEverything() || !fields.isEverything();
  }
}
