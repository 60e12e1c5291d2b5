package dev.kvorum.store;

/**
 * A lease as granted.
 *
 * @param revision the store's revision
 * @param id not 0; may be negative
 * @param ttlSeconds the time to live granted, at least the store's minimum
 */
public record LeaseGrant(long revision, long id, long ttlSeconds) {}
