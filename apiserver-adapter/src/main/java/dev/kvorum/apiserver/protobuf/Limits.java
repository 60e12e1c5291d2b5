package dev.kvorum.apiserver.protobuf;

/**
 * What one object may ask for.
 *
 * @param maxDepth messages inside each other, at most 1000
 * @param maxValues fields, elements and entries of maps that are made from bytes: two bytes can ask for an object, which
 *     takes a hundred times as much memory
 */
public record Limits(int maxDepth, int maxValues) {

  /** Room for any object that the API accepts, and for long lists of them. */
  public static final Limits DEFAULT = new Limits(200, 4_000_000);

  /** For bodies of requests, which are at most a few MiB. */
  public static final Limits REQUEST = new Limits(200, 500_000);

  public Limits {
    if (maxDepth < 1 || maxDepth > 1000 || maxValues < 1) {
      throw new IllegalArgumentException("depth " + maxDepth + ", values " + maxValues);
    }
  }
}
