package dev.kvorum.store;

import java.util.List;

/**
 * What a range read found.
 *
 * @param revision for a read of its own: the store's revision when it ran, even if it read an older one. Inside a txn:
 *     the revision before the txn if nothing was changed yet, else the txn's own
 * @param keyValues in the order asked for; must not be changed
 * @param more whether the limit cut something off
 * @param count keys in the range at the revision read, whatever limit and filters say
 */
public record RangeResult(long revision, List<KeyValue> keyValues, boolean more, long count)
    implements OpResult {}
