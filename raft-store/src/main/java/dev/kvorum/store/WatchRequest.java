package dev.kvorum.store;

/**
 * What a watcher wants to see (etcd v3 API: WatchCreateRequest).
 *
 * @param range the keys; an empty {@code key} counts as the lowest key
 * @param startRevision the first revision of interest; 0 means the first one after now
 * @param prevKv whether events carry the version that was replaced
 * @param progressNotify whether an idle watcher is told from time to time how far it has come
 * @param noPut leave puts out
 * @param noDelete leave deletions out
 * @param fragment whether one revision's events may be spread over several responses when they are large
 */
public record WatchRequest(
    KeyRange range,
    long startRevision,
    boolean prevKv,
    boolean progressNotify,
    boolean noPut,
    boolean noDelete,
    boolean fragment) {
  /** Everything in {@code range} from {@code startRevision} on. */
  public static WatchRequest of(KeyRange range, long startRevision) {
    return new WatchRequest(range, startRevision, false, false, false, false, false);
  }
}
