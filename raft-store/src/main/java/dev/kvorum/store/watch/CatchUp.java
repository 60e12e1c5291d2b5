package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the unsynced watchers of one loop up to its revision: each in turn gets one bounded response from the ring while
 * that covers its position; those below it share pages of history. Confined to the loop; only reads of history leave it.
 *
 * <p>A stream has at most one page of history at a time, which stays until each watcher has been given its part; the next
 * is read after that. So a client that reads slowly holds one page, whatever the number of its watchers.
 */
final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  /** Ring events that one watcher looks at in one turn. */
  private static final int EVENTS_PER_TURN = 2048;

  /** Ring events that all turns of one task look at. */
  private static final int EVENTS_PER_TASK = 8192;

  /** Unsynced watchers of one stream that make a crowd. */
  private static final int CROWD = 256;

  /** Watchers that one page of history serves. */
  private static final int WATCHERS_PER_SCAN = 8192;

  /** What a turn costs beside the events it looks at, in events. */
  private static final int TURN_COST = 64;

  private final WatchHub hub;
  private final WatchLoop loop;

  /** Who is next. May hold watchers that have ended. */
  private final ArrayDeque<Watcher> line = new ArrayDeque<>();

  /** Streams with watchers that need history and with no page of it yet. */
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

  /** Goes on with a stream that takes something again: first with the page it was being given. */
  void resume(HubWatchStream stream) {
    HistoryScan scan = stream.scan;
    if (scan != null && scan.hasArrived()) {
      deliver(scan);
    }
    if (stream.isReady()) {
      stream.waiting.forEach(this::enqueue);
      stream.waiting.clear();
      lineUp(stream);
    }
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
    EventBlock block = isCrowded(watcher) ? null : hub.ring().find(watcher.nextRevision);
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

  /** Whether it is one of many with far to go: these share a walk through history rather than each walk the ring. */
  private boolean isCrowded(Watcher watcher) {
    return watcher.stream.unsynced >= CROWD
        && loop.revision() - watcher.nextRevision >= EVENTS_PER_TURN;
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
    if (!stream.inHistoryLine && stream.scan == null && !stream.needHistory.isEmpty()) {
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
      // One that takes nothing now is lined up again when it does.
      if (!stream.needHistory.isEmpty() && stream.isReady()) {
        startRead(stream);
      }
    }
  }

  /** Reads for the watcher that has waited longest, and for those of its stream that are not behind it. */
  private void startRead(HubWatchStream stream) {
    HistoryScan scan =
        new HistoryScan(stream, stream.needHistory.getFirst().nextRevision, loop.revision());
    int room = WATCHERS_PER_SCAN;
    for (Iterator<Watcher> each = stream.needHistory.iterator(); each.hasNext() && room > 0; ) {
      Watcher watcher = each.next();
      if (watcher.nextRevision >= scan.from()) {
        each.remove();
        loop.move(watcher, Watcher.Place.READING);
        scan.add(watcher);
        room--;
      }
    }
    stream.scan = scan;
    readsUnderWay++;
    try {
      hub.catchUp().execute(() -> read(scan));
    } catch (RejectedExecutionException shutDown) {
      LOG.debug("catch-up has been shut down", shutDown);
      failed(scan, StoreException.of(StoreException.Kind.STOPPED));
    }
  }

  /** On a catch-up thread. */
  private void read(HistoryScan scan) {
    try {
      scan.read(hub.history(), hub.limits());
      loop.post(() -> arrived(scan));
    } catch (StoreException | IllegalStateException failure) {
      loop.post(() -> failed(scan, failure));
    } catch (RuntimeException | Error failure) {
      loop.post(() -> failed(scan, failure));
      throw failure;
    }
  }

  private void arrived(HistoryScan scan) {
    readsUnderWay--;
    for (Watcher watcher : scan.shareOut()) {
      if (watcher.place == Watcher.Place.READING) { // has not ended meanwhile
        goOn(watcher, scan);
      }
    }
    deliver(scan);
  }

  /** Gives out as much of a page as the stream takes now. */
  private void deliver(HistoryScan scan) {
    HubWatchStream stream = scan.stream();
    while (stream.isReady()) {
      HistoryScan.Delivery next = scan.next();
      if (next == null) {
        stream.scan = null;
        lineUp(stream);
        return;
      }
      Watcher watcher = next.watcher();
      if (watcher.place == Watcher.Place.READING) {
        watcher.send(next.events(), loop.revision());
        goOn(watcher, scan);
      }
    }
  }

  private void goOn(Watcher watcher, HistoryScan scan) {
    watcher.nextRevision = scan.nextRevision(watcher);
    if (watcher.nextRevision > loop.revision()) {
      loop.sync(watcher);
    } else {
      enqueue(watcher);
    }
  }

  private void failed(HistoryScan scan, Throwable failure) {
    readsUnderWay--;
    HubWatchStream stream = scan.stream();
    stream.scan = null;
    if (failure instanceof StoreException refused
        && refused.kind() == StoreException.Kind.COMPACTED) {
      compacted(scan, Math.max(refused.compactRevision(), hub.history().compactRevision()));
      lineUp(stream);
    } else if (failure instanceof StoreException refused) {
      stream.fail(refused);
    } else {
      LOG.error("reading history from revision={} failed", scan.from(), failure);
      stream.fail(StoreException.of(StoreException.Kind.STOPPED));
    }
  }

  private void compacted(HistoryScan scan, long compactRevision) {
    for (Watcher watcher : scan.watchers()) {
      if (watcher.place != Watcher.Place.READING) {
        continue;
      }
      if (watcher.nextRevision < compactRevision) {
        watcher.stream.cancelCompacted(watcher, compactRevision);
      } else {
        enqueue(watcher);
      }
    }
  }
}
