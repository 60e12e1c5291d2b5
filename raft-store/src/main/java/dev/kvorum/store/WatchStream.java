package dev.kvorum.store;

/**
 * Many watchers that share one ordered way to their client (etcd v3 API: one Watch stream).
 *
 * <p>Threading: a stream belongs to the executor it was opened with. Every method is called on it, and the stream's
 * {@link WatchSink} is called on it; so neither side needs a lock. The executor must run its tasks one after the other.
 *
 * <p>Guarantees, per watcher: revisions ascend; all events of one revision come together; none is lost or repeated while
 * the watcher lives; {@code created} comes before any event. Progress at revision R on a stream means that every event
 * up to R was handed over before it. A sink that is not ready slows only its own watchers: they keep a position, not a
 * queue, and continue from history when it is ready again.
 */
public interface WatchStream extends AutoCloseable {
  /**
   * Adds a watcher. Answered by exactly one {@link WatchSink#created} or {@link WatchSink#refused}, in call order. A
   * start below the compact revision is answered with {@code created} and then {@link WatchSink#canceled}.
   *
   * @param watchId the id wanted; 0 to be given one. Given ids count up from 0 and pass over those in use; an id that
   *     was freed is not given again
   */
  void create(long watchId, WatchRequest request);

  /** Ends a watcher, answered by {@link WatchSink#canceled}; an unknown id is ignored. */
  void cancel(long watchId);

  /**
   * Asks for {@link WatchSink#progress} with id −1. Answered at once if every watcher of the stream has seen everything
   * up to now and at least one exists; else not at all (etcd v3 API: WatchProgressRequest).
   */
  void requestProgress();

  /** Says that {@link WatchSink#isReady()} became true again. */
  void ready();

  /** Ends every watcher without a word. Idempotent. */
  @Override
  void close();
}
