package dev.kvorum.store.mvcc;

/**
 * A digest of history.
 *
 * @param hash equal where history is equal
 * @param revision the last revision covered
 * @param compactRevision digests compare only at equal compact revisions; −1 when nothing was ever compacted
 */
public record StateHash(long hash, long revision, long compactRevision) {}
