package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of history for several watchers of one stream: read once, given to each from its own position on. So ten
 * thousand watchers that begin at an old revision cost one walk through the history and not ten thousand.
 *
 * <p>Threading: made and given out on the loop, {@linkplain #read read} on a catch-up thread in between; whoever hands it
 * over makes it visible.
 */
final class HistoryScan {
  /** The watchers that want the same events from the same position; they are given the same list. */
  private static final class Share {
    final long position;
    final boolean noPut;
    final boolean noDelete;
    final List<Watcher> watchers = new ArrayList<>(1);
    List<Event> events = new ArrayList<>();

    Share(Watcher first, long position) {
      this.position = position;
      noPut = first.request.noPut();
      noDelete = first.request.noDelete();
    }

    boolean fits(Watcher watcher, long at) {
      return position == at
          && noPut == watcher.request.noPut()
          && noDelete == watcher.request.noDelete();
    }

    boolean wants(Event event) {
      return event.revision() >= position && (event.isDelete() ? !noDelete : !noPut);
    }
  }

  /** What one watcher is to be given. */
  record Delivery(Watcher watcher, List<Event> events) {}

  private final HubWatchStream stream;
  private final long from;
  private final long to;

  /** By range; each list has the shares of that range. */
  private final KeyIndex<List<Share>> sharesByRange = new KeyIndex<>();

  private final List<Share> shares = new ArrayList<>();
  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
  private boolean arrived;

  /** 0 until it was read. */
  private long nextRevision;

  /**
   * @param from where the page begins; no watcher that is added is below it
   * @param to the last revision wanted
   */
  HistoryScan(HubWatchStream stream, long from, long to) {
    this.stream = stream;
    this.from = from;
    this.to = to;
  }

  HubWatchStream stream() {
    return stream;
  }

  long from() {
    return from;
  }

  /** Has the page serve {@code watcher} too, from its position on. */
  void add(Watcher watcher) {
    KeyRange range = watcher.range;
    List<Share> ofRange = sharesByRange.get(range);
    if (ofRange == null) {
      ofRange = new ArrayList<>(1);
      sharesByRange.add(range, ofRange);
    }
    Share last = ofRange.isEmpty() ? null : ofRange.getLast();
    if (last == null || !last.fits(watcher, watcher.nextRevision)) {
      last = new Share(watcher, watcher.nextRevision);
      ofRange.add(last);
      shares.add(last);
    }
    last.watchers.add(watcher);
  }

  /** Whether {@link #shareOut} was called; on the loop. */
  boolean hasArrived() {
    return arrived;
  }

  /** Everyone it serves. */
  List<Watcher> watchers() {
    return shares.stream().flatMap(share -> share.watchers.stream()).toList();
  }

  /** Reads and shares out. May block. */
  void read(History history, WatchLimits limits) {
    HistoryPage page = history.read(
        sharesByRange::covers, from, to, limits.maxResponseEvents(), limits.maxResponseBytes());
    nextRevision = page.nextRevision();
    if (nextRevision <= from || nextRevision > to + 1) {
      throw new IllegalStateException(
          "history from " + from + " to " + to + " goes on at " + nextRevision);
    }
    for (Event event : page.events()) {
      sharesByRange.forEachContaining(event.kv().key(), ofRange -> {
        for (Share share : ofRange) {
          if (share.wants(event)) {
            share.events.add(event);
          }
        }
      });
    }
  }

  /** After {@link #read}: where a watcher goes on that has been given its part. */
  long nextRevision(Watcher watcher) {
    return Math.max(nextRevision, watcher.nextRevision);
  }

  /** After {@link #read}: those for whom there is nothing; the rest is lined up for {@link #next}. */
  List<Watcher> shareOut() {
    arrived = true;
    List<Watcher> without = new ArrayList<>();
    for (Share share : shares) {
      if (share.events.isEmpty()) {
        without.addAll(share.watchers);
      } else {
        for (Watcher watcher : share.watchers) {
          deliveries.add(new Delivery(watcher, share.events));
        }
      }
    }
    return without;
  }

  /** Takes what is to be given next; null when everyone has their part. */
  @Nullable
  Delivery next() {
    return deliveries.poll();
  }
}
