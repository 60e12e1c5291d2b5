package dev.kvorum.store.apply;

import dev.kvorum.store.Event;
import java.util.List;

/**
 * What one log entry did.
 *
 * @param term its term
 * @param index its index
 * @param revision the store's revision after it
 * @param batches one per batch of the entry, in order; empty when the entry had been applied before
 * @param events every change, ascending by revision; must not be changed
 */
public record AppliedEntry(
    long term, long index, long revision, List<AppliedBatch> batches, List<Event> events) {}
