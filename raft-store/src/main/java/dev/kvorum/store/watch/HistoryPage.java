package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import java.util.List;

/**
 * A stretch of history.
 *
 * @param events ascending by revision; must not be changed any more
 * @param nextRevision where to go on: everything below it that was wanted is in {@code events}. Above the revision that was
 *     asked for, and at most one above the last one asked for
 */
public record HistoryPage(List<Event> events, long nextRevision) {}
