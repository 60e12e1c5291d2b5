package dev.kvorum.store;

/**
 * A digest of what can be read of history, for comparing members.
 *
 * @param hash equal on members that agree, whatever they have removed of what is compacted
 * @param hashRevision the last revision covered
 * @param compactRevision digests compare only at equal compact revisions; −1 when nothing was ever compacted
 * @param revision the store's
 */
public record HistoryHash(int hash, long hashRevision, long compactRevision, long revision) {}
