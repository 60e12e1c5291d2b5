/**
 * Hands applied events to watchers: live fan-out, catch-up from history, progress.
 *
 * <p>The apply thread publishes into a bounded {@code EventRing} and wakes the event loops that have watchers. All else
 * belongs to exactly one loop: its streams, watchers and groups are touched on that loop's executor only, so there are
 * no locks. A watcher is a position, not a queue: when its client is slow the position stays, and the watcher goes on
 * from the ring or, once it has fallen off, from {@link dev.kvorum.store.watch.History}.
 *
 * <p>Nothing here knows how events come about, how history is stored or how a client is spoken to.
 *
 * <p>Reading order: {@link dev.kvorum.store.watch.WatchHub}, {@code EventRing}, {@code WatchLoop}, {@code CatchUp}.
 */
@NullMarked
package dev.kvorum.store.watch;

import org.jspecify.annotations.NullMarked;
