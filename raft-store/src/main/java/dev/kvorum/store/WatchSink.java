package dev.kvorum.store;

import java.util.List;

/** Where a {@link WatchStream} puts what its client should read. Called on the stream's executor only. */
public interface WatchSink {
  /** Whether more can be taken without exceeding the stream's bound on unsent bytes. */
  boolean isReady();

  /**
   * A watcher exists.
   *
   * @param revision the store's revision: the watcher sees everything after it (and from its start revision on)
   */
  void created(long watchId, long revision);

  /** A watcher could not be made; {@code reason} is for the client. */
  void refused(long revision, String reason);

  /**
   * Events of one or more whole revisions, ascending.
   *
   * @param request what the watcher was created with; says whether {@code prev_kv} and fragmentation are wanted
   * @param revision the store's revision when they were handed over, never below the last event's
   * @param events not empty; must not be changed
   */
  void events(long watchId, WatchRequest request, long revision, List<Event> events);

  /**
   * Everything up to {@code revision} was handed over.
   *
   * @param watchId the watcher, or −1 for every watcher of the stream
   */
  void progress(long watchId, long revision);

  /**
   * A watcher ended.
   *
   * @param compactRevision when its next revision was compacted away: the lowest revision left; else 0
   */
  void canceled(long watchId, long revision, long compactRevision);

  /**
   * A watcher was not made, or has ended, because its caller may not see its keys.
   *
   * @param watchId the watcher that ended; −1 if none was made
   */
  default void denied(long watchId, long revision, StoreException reason) {
    canceled(watchId, revision, 0);
  }

  /** The stream cannot go on; nothing follows. */
  void failed(StoreException failure);
}
