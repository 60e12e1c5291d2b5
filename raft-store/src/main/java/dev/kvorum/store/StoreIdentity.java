package dev.kvorum.store;

/**
 * Which member of which cluster a store is. Does not change while it runs.
 *
 * @param clusterId unsigned, not 0
 * @param memberId unsigned, not 0
 * @param name the member's name
 */
public record StoreIdentity(long clusterId, long memberId, String name) {}
