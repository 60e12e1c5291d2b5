package dev.kvorum.store;

import java.util.List;

/**
 * What a delete did.
 *
 * @param revision the revision it made, or the current one if it deleted nothing
 * @param deleted how many keys were deleted
 * @param prevKvs what was deleted, in key order, if it was asked for; must not be changed
 */
public record DeleteResult(long revision, long deleted, List<KeyValue> prevKvs)
    implements OpResult {}
