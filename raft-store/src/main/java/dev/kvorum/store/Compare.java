package dev.kvorum.store;

/**
 * A guard of a transaction: "the stored {@code target} of every key in {@code range} is {@code relation} to the operand"
 * (etcd v3 API: Compare).
 *
 * <p>A missing key counts as 0 in every number and fails every comparison of values. An empty range counts as one
 * missing key.
 *
 * @param range the keys; {@code range.key()} is not empty
 * @param target what of the key is compared
 * @param relation how
 * @param number the operand for every target but {@link Target#VALUE}
 * @param value the operand for {@link Target#VALUE}
 */
public record Compare(KeyRange range, Target target, Relation relation, long number, Bytes value) {
  /** What of a key is compared. */
  public enum Target {
    VERSION,
    CREATE,
    MOD,
    VALUE,
    LEASE
  }

  /** Stored value on the left, operand on the right. */
  public enum Relation {
    EQUAL,
    GREATER,
    LESS,
    NOT_EQUAL
  }
}
