package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the unsynced watchers of one loop up to its revision: each in turn gets one bounded response, from the ring
 * while it covers the watcher's position, else from history. Confined to the loop; only reads of history leave it.
 *
 * <p>A stream has at most one page of history under way. The page is handed over when it arrives even if the stream has
 * filled up meanwhile, or a stream that others keep busy would read the same page for ever; so a stream's bound on
 * unsent bytes is exceeded by one response at most.
 */
final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  /** Ring events that one watcher looks at in one turn. */
  private static final int EVENTS_PER_TURN = 2048;

  /** Ring events that all turns of one task look at. */
  private static final int EVENTS_PER_TASK = 8192;

  /** What a turn costs beside the events it looks at, in events. */
  private static final int TURN_COST = 64;

  private final WatchHub hub;
  private final WatchLoop loop;

  /** Who is next. May hold watchers that have ended. */
  private final ArrayDeque<Watcher> line = new ArrayDeque<>();

  /** Streams with watchers that need history and with no page under way. */
  private final ArrayDeque<HubWatchStream> historyLine = new ArrayDeque<>();

  private int readsUnderWay;

  CatchUp(WatchHub hub, WatchLoop loop) {
    this.hub = hub;
    this.loop = loop;
  }

  /** Puts a watcher at the end of the line. */
  void enqueue(Watcher watcher) {
    loop.move(watcher, Watcher.Place.QUEUED);
    line.add(watcher);
  }

  /** Puts a watcher aside until its stream is ready. */
  void awaitStream(Watcher watcher) {
    loop.move(watcher, Watcher.Place.WAITING);
    watcher.stream.waiting.add(watcher);
  }

  /** Whether someone in line can go on at once. */
  boolean hasMore() {
    return !line.isEmpty();
  }

  /** Gives turns until the line is empty or the task has taken long enough. */
  void serve() {
    int budget = EVENTS_PER_TASK;
    while (budget > 0) {
      Watcher watcher = line.poll();
      if (watcher == null) {
        break;
      }
      if (watcher.place == Watcher.Place.QUEUED) {
        budget -= TURN_COST + turn(watcher);
      }
    }
    startReads();
  }

  /** Returns the events looked at. */
  private int turn(Watcher watcher) {
    if (watcher.nextRevision > loop.revision()) {
      loop.sync(watcher);
      return 0;
    }
    if (!watcher.stream.isReady()) {
      awaitStream(watcher);
      return 0;
    }
    EventBlock block = hub.ring().find(watcher.nextRevision);
    if (block == null) {
      awaitHistory(watcher);
      return 0;
    }
    int looked = fromRing(watcher, block);
    if (watcher.nextRevision > loop.revision()) {
      loop.sync(watcher);
    } else {
      enqueue(watcher);
    }
    return looked;
  }

  private int fromRing(Watcher watcher, EventBlock start) {
    List<Event> found = new ArrayList<>();
    long bytes = 0;
    int looked = 0;
    long next = watcher.nextRevision;
    EventBlock block = start;
    search:
    while (block != null && next <= loop.revision() && looked < EVENTS_PER_TURN) {
      List<Event> events = block.events();
      int at = block.indexOf(next);
      while (at < events.size()) {
        long revision = events.get(at).revision();
        int before = found.size();
        for (; at < events.size() && events.get(at).revision() == revision; at++) {
          Event event = events.get(at);
          looked++;
          if (watcher.wants(event)) {
            found.add(event);
            bytes += WatchGroup.wireBytes(event);
          }
        }
        if (before > 0
            && found.size() > before
            && (bytes > hub.limits().maxResponseBytes()
                || found.size() > hub.limits().maxResponseEvents())) {
          found.subList(before, found.size()).clear();
          next = revision;
          break search;
        }
        next = revision + 1;
        if (looked >= EVENTS_PER_TURN) {
          break search;
        }
      }
      next = block.lastRevision() + 1;
      block = hub.ring().after(block);
    }
    watcher.nextRevision = next;
    if (!found.isEmpty()) {
      watcher.send(found, loop.revision());
    }
    return looked;
  }

  private void awaitHistory(Watcher watcher) {
    long compactRevision = hub.history().compactRevision();
    if (watcher.nextRevision < compactRevision) {
      watcher.stream.cancelCompacted(watcher, compactRevision);
      return;
    }
    loop.move(watcher, Watcher.Place.HISTORY);
    watcher.stream.needHistory.add(watcher);
    lineUp(watcher.stream);
  }

  private void lineUp(HubWatchStream stream) {
    if (!stream.inHistoryLine && !stream.reading && !stream.needHistory.isEmpty()) {
      stream.inHistoryLine = true;
      historyLine.add(stream);
    }
  }

  private void startReads() {
    while (readsUnderWay < hub.limits().historyReadsPerLoop()) {
      HubWatchStream stream = historyLine.poll();
      if (stream == null) {
        return;
      }
      stream.inHistoryLine = false;
      if (stream.needHistory.isEmpty()) {
        continue;
      }
      Watcher watcher = stream.needHistory.removeFirst();
      if (stream.isReady()) {
        startRead(watcher);
      } else {
        awaitStream(watcher);
        lineUp(stream);
      }
    }
  }

  private void startRead(Watcher watcher) {
    long from = watcher.nextRevision;
    long to = loop.revision();
    loop.move(watcher, Watcher.Place.READING);
    watcher.stream.reading = true;
    readsUnderWay++;
    try {
      hub.catchUp().execute(() -> read(watcher, from, to));
    } catch (RejectedExecutionException shutDown) {
      LOG.debug("catch-up has been shut down", shutDown);
      failed(watcher, StoreException.of(StoreException.Kind.STOPPED));
    }
  }

  /** On a catch-up thread. */
  private void read(Watcher watcher, long from, long to) {
    try {
      HistoryPage page = hub.history()
          .read(
              watcher.range,
              from,
              to,
              hub.limits().maxResponseEvents(),
              hub.limits().maxResponseBytes());
      if (page.nextRevision() <= from || page.nextRevision() > to + 1) {
        throw new IllegalStateException(
            "history from " + from + " to " + to + " goes on at " + page.nextRevision());
      }
      List<Event> events = filtered(watcher, page.events());
      loop.post(() -> arrived(watcher, events, page.nextRevision()));
    } catch (StoreException | IllegalStateException failure) {
      loop.post(() -> failed(watcher, failure));
    } catch (RuntimeException | Error failure) {
      loop.post(() -> failed(watcher, failure));
      throw failure;
    }
  }

  private static List<Event> filtered(Watcher watcher, List<Event> events) {
    if (!watcher.request.noPut() && !watcher.request.noDelete()) {
      return events;
    }
    List<Event> wanted = new ArrayList<>(events.size());
    for (Event event : events) {
      if (watcher.wantsKind(event)) {
        wanted.add(event);
      }
    }
    return wanted;
  }

  private void arrived(Watcher watcher, List<Event> events, long nextRevision) {
    readDone(watcher);
    if (watcher.place != Watcher.Place.READING) {
      return; // ended meanwhile
    }
    watcher.nextRevision = nextRevision;
    enqueue(watcher);
    if (!events.isEmpty()) {
      watcher.send(events, loop.revision());
    }
  }

  private void failed(Watcher watcher, Throwable failure) {
    readDone(watcher);
    if (watcher.place != Watcher.Place.READING) {
      return;
    }
    if (failure instanceof StoreException refused) {
      if (refused.kind() == StoreException.Kind.COMPACTED) {
        long compactRevision = hub.history().compactRevision();
        watcher.stream.cancelCompacted(
            watcher, Math.max(refused.compactRevision(), compactRevision));
      } else {
        watcher.stream.fail(refused);
      }
      return;
    }
    LOG.error("reading history from revision={} failed", watcher.nextRevision, failure);
    watcher.stream.fail(StoreException.of(StoreException.Kind.STOPPED));
  }

  private void readDone(Watcher watcher) {
    readsUnderWay--;
    watcher.stream.reading = false;
    lineUp(watcher.stream);
  }
}
