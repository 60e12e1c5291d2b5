package dev.kvorum.store.mvcc;

import dev.kvorum.store.Event;
import java.util.List;

/**
 * A part of history.
 *
 * @param events of whole revisions, ascending; may be empty although there is more; must not be changed
 * @param nextRevision the first revision not looked at: where to go on
 */
public record HistoryPage(List<Event> events, long nextRevision) {}
