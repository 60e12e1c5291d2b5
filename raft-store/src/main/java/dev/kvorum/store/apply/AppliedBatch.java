package dev.kvorum.store.apply;

import java.util.List;

/**
 * What one batch of an entry did.
 *
 * @param originId the member that waits for the results
 * @param incarnation see {@link dev.kvorum.store.command.CommandBatch}
 * @param sequence see {@link dev.kvorum.store.command.CommandBatch}
 * @param duplicate whether the batch had been applied before and did nothing now; then there are no results
 * @param results one per command, in order: what the command answers, or a {@link dev.kvorum.store.StoreException};
 *     must not be changed
 */
public record AppliedBatch(
    long originId, long incarnation, long sequence, boolean duplicate, List<Object> results) {}
