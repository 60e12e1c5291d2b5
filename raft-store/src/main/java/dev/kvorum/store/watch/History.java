package dev.kvorum.store.watch;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.StoreException;
import java.util.function.Predicate;

/**
 * What has happened, as far back as compaction has left it. Thread-safe; the revisions are cheap to ask for (they are
 * read on event loops), {@link #read} may block and is called on catch-up threads only.
 */
public interface History {
  /** The revision of what is applied. May be ahead of what was published by the entry that is being published. */
  long currentRevision();

  /** The lowest revision that can still be read. */
  long compactRevision();

  /**
   * Reads events in ascending order of revision, whole revisions only, each with the version it replaced.
   *
   * <p>The bounds are soft by one revision: at least one is returned if there is any, however large. A page may be empty
   * and still go on, so that few keys among many do not have to be searched in one call.
   *
   * @param wanted says of a key whether its events are wanted; asked on the calling thread, for every change looked at
   * @param fromRevision the first revision wanted
   * @param toRevision the last revision wanted, inclusive; not above the current one
   * @param maxEvents when to stop, in events
   * @param maxBytes when to stop, in bytes of encoded key-values
   * @throws StoreException of kind {@code COMPACTED} if {@code fromRevision} is below the compact revision
   */
  HistoryPage read(
      Predicate<Bytes> wanted, long fromRevision, long toRevision, int maxEvents, long maxBytes);
}
