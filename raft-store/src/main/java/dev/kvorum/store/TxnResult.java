package dev.kvorum.store;

import java.util.List;

/**
 * What a transaction did.
 *
 * @param revision the revision it made, or the current one if it changed nothing; 0 for a nested transaction
 * @param succeeded whether the guards held
 * @param results one per operation of the branch that ran, in order; must not be changed
 */
public record TxnResult(long revision, boolean succeeded, List<OpResult> results)
    implements OpResult {}
