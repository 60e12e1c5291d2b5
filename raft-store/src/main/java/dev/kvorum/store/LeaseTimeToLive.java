package dev.kvorum.store;

import java.util.List;

/**
 * How long a lease has left.
 *
 * @param revision the store's revision
 * @param id the lease
 * @param ttlSeconds whole seconds left; −1 when there is no such lease (etcd v3 API: LeaseTimeToLive)
 * @param grantedTtlSeconds what was granted; 0 when there is no such lease
 * @param keys the keys attached, if they were asked for; must not be changed
 */
public record LeaseTimeToLive(
    long revision, long id, long ttlSeconds, long grantedTtlSeconds, List<Bytes> keys) {}
