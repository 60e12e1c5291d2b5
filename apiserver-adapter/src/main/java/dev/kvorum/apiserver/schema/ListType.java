package dev.kvorum.apiserver.schema;

import java.util.List;

/**
 * A list.
 *
 * @param merging how server-side apply treats it. A strategic merge patch has its own rule, {@link Field#patch}: for some
 *     lists the two differ
 * @param wrapped protobuf has it as a message with one repeated field, so that it can be the value of a map
 */
public record ListType(Type elements, Merging merging, boolean wrapped) implements Type {

  /** What makes two elements the same one. */
  public enum Identity {
    /** Nothing: the list has one owner and is replaced as a whole. */
    ATOMIC,
    /** Their value; elements are scalars. */
    SET,
    /** The values of their {@link Merging#keys}. */
    MAP
  }

  /**
   * How two owners share a list.
   *
   * @param keys of its elements, in the order of the schema; empty unless {@link Identity#MAP}
   * @param declared whether the schema says so, or it follows from what it says about strategic merge patches, or from
   *     nothing at all
   */
  public record Merging(Identity identity, List<String> keys, boolean declared) {
    public Merging {
      keys = List.copyOf(keys);
      if ((identity == Identity.MAP) == keys.isEmpty()) {
        throw new IllegalArgumentException(identity + " with the keys " + keys);
      }
    }
  }
}
