package dev.kvorum.store;

import java.util.List;

/**
 * The leases that exist.
 *
 * @param revision the store's revision
 * @param ids in no particular order; must not be changed
 */
public record Leases(long revision, List<Long> ids) {}
