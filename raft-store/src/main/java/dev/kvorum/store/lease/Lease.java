package dev.kvorum.store.lease;

/**
 * A lease.
 *
 * @param id not 0
 * @param ttlSeconds as granted
 * @param remainingTtlSeconds the last checkpoint of what is left; 0 when there is none and the full TTL counts
 */
public record Lease(long id, long ttlSeconds, long remainingTtlSeconds) {}
