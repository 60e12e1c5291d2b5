package dev.kvorum.store;

/**
 * The answer to a renewal.
 *
 * @param revision the store's revision
 * @param id the lease
 * @param ttlSeconds the time to live from now on; 0 when there is no such lease (etcd v3 API: LeaseKeepAlive)
 */
public record LeaseKeepAlive(long revision, long id, long ttlSeconds) {}
