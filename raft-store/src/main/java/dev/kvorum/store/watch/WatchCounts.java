package dev.kvorum.store.watch;

/**
 * How a {@link WatchHub} is doing, for metrics; the numbers are read one after the other and may be off by what happened
 * in between.
 *
 * @param streams open streams
 * @param watchers watchers on them
 * @param unsynced those that are not live: they catch up, wait for their client or for a future revision
 * @param pendingRevisions revisions that watchers still have to go through, added up, as of the last tick
 * @param eventsSent events handed over so far, once per watcher
 */
public record WatchCounts(
    int streams, int watchers, int unsynced, long pendingRevisions, long eventsSent) {}
