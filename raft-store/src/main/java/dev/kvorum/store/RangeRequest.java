package dev.kvorum.store;

/**
 * Reads keys at one revision (etcd v3 API: Range). Filters apply first, then the sort, then the limit.
 *
 * @param range the keys
 * @param revision the revision to read at; 0 or less means the latest
 * @param limit the most key-values to return; 0 or less means all
 * @param sortOrder see {@link SortOrder}
 * @param sortTarget what to sort by
 * @param serializable whether this member may answer from its own applied state without asking the leader
 * @param keysOnly leave values out
 * @param countOnly answer with the count alone
 * @param minModRevision lowest mod revision to return; 0 means no bound
 * @param maxModRevision highest mod revision to return; 0 means no bound
 * @param minCreateRevision lowest create revision to return; 0 means no bound
 * @param maxCreateRevision highest create revision to return; 0 means no bound
 */
public record RangeRequest(
    KeyRange range,
    long revision,
    long limit,
    SortOrder sortOrder,
    SortTarget sortTarget,
    boolean serializable,
    boolean keysOnly,
    boolean countOnly,
    long minModRevision,
    long maxModRevision,
    long minCreateRevision,
    long maxCreateRevision)
    implements Op {

  /** {@code NONE} is key order; with another target than the key it sorts ascending, after the limit was applied. */
  public enum SortOrder {
    NONE,
    ASCEND,
    DESCEND
  }

  /** What to sort by; ties are in ascending key order. */
  public enum SortTarget {
    KEY,
    VERSION,
    CREATE,
    MOD,
    VALUE
  }

  /** The latest version of every key in {@code range}, linearizable. */
  public static RangeRequest latest(KeyRange range) {
    return of(range, 0, 0);
  }

  /** Key order, linearizable, no filters. */
  public static RangeRequest of(KeyRange range, long revision, long limit) {
    return new RangeRequest(
        range, revision, limit, SortOrder.NONE, SortTarget.KEY, false, false, false, 0, 0, 0, 0);
  }

  /** Whether some key-values are left out by revision. */
  public boolean hasRevisionFilter() {
    return minModRevision != 0
        || maxModRevision != 0
        || minCreateRevision != 0
        || maxCreateRevision != 0;
  }

  /** Whether {@code createRevision} and {@code modRevision} pass the filters. */
  public boolean accepts(long createRevision, long modRevision) {
    return (minModRevision == 0 || modRevision >= minModRevision)
        && (maxModRevision == 0 || modRevision <= maxModRevision)
        && (minCreateRevision == 0 || createRevision >= minCreateRevision)
        && (maxCreateRevision == 0 || createRevision <= maxCreateRevision);
  }
}
