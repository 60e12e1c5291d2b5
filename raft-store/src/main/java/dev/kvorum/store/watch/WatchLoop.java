package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One executor's streams, watchers and groups, and how far it has come in the ring.
 *
 * <p>Threading: confined to the executor, except where a member says otherwise. Whatever comes in passes {@link #enter};
 * what a sink calls back while it is being called is put off until the step is done, so no structure changes under a
 * walk.
 *
 * <p>Invariants: the synced watchers are those in {@code groups}, and every event up to {@code revision} that they want
 * was handed over; {@code future} holds the watchers that start above {@code revision}; all others are in {@link
 * CatchUp} or wait for their stream, at positions of at most {@code revision + 1}.
 */
final class WatchLoop {
  private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);

  /** Events matched in one task before others get their turn on the executor. */
  private static final int EVENTS_PER_TASK = 8192;

  private final WatchHub hub;
  private final Executor executor;
  private final CatchUp catchUp;
  private final Set<HubWatchStream> streams =
      new ConcurrentSkipListSet<>(Comparator.comparingLong(HubWatchStream::serial));
  private final AtomicInteger watcherCount = new AtomicInteger();
  private final AtomicInteger unsyncedCount = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean tickRequested;
  private volatile boolean dead;
  private volatile long pendingRevisions;

  private final GroupIndex groups = new GroupIndex();
  private final TreeSet<Watcher> future = new TreeSet<>(
      Comparator.<Watcher>comparingLong(w -> w.nextRevision).thenComparingLong(w -> w.serial));
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
  private final List<WatchGroup> touched = new ArrayList<>();
  private final Consumer<List<WatchGroup>> matcher = this::match;
  private long revision;
  private long nowNanos;
  private long serials;
  private boolean busy;
  private boolean behind;
  private long pendingBytes;
  private @Nullable Event matching;

  WatchLoop(WatchHub hub, Executor executor) {
    this.hub = hub;
    this.executor = executor;
    catchUp = new CatchUp(hub, this);
    revision = hub.publishedRevision();
    nowNanos = hub.nanoClock().getAsLong();
  }

  // From any thread.

  /** Makes sure that a task is coming. At most one is scheduled at a time. */
  void wake() {
    if (scheduled.compareAndSet(false, true)) {
      post(this::run);
    }
  }

  void requestTick() {
    tickRequested = true;
    wake();
  }

  /** Runs {@code step} on the executor. An executor that takes no more has ended with its streams. */
  void post(Runnable step) {
    try {
      executor.execute(() -> enter(step));
    } catch (RejectedExecutionException ended) {
      LOG.debug("event loop has ended, {} watch streams go with it", streams.size(), ended);
      dead = true;
      hub.drop(this);
    }
  }

  boolean hasWatchers() {
    return watcherCount.get() > 0;
  }

  int watcherCount() {
    return watcherCount.get();
  }

  int unsyncedCount() {
    return unsyncedCount.get();
  }

  long pendingRevisions() {
    return pendingRevisions;
  }

  Executor executor() {
    return executor;
  }

  /** Changed only under the hub's lock; read anywhere. */
  Set<HubWatchStream> streams() {
    return streams;
  }

  // On the executor.

  /** Runs {@code step}, then what sinks asked for meanwhile, then catches up a little. */
  void enter(Runnable step) {
    if (dead) {
      return;
    }
    if (busy) {
      deferred.add(step);
      return;
    }
    busy = true;
    nowNanos = hub.nanoClock().getAsLong();
    try {
      step.run();
      runDeferred();
      catchUp.serve();
      runDeferred();
    } catch (RuntimeException | Error broken) {
      die(broken);
      if (broken instanceof Error) {
        throw broken;
      }
    } finally {
      busy = false;
    }
    if (!dead && (behind || catchUp.hasMore())) {
      wake();
    }
  }

  private void runDeferred() {
    for (Runnable step = deferred.poll(); step != null; step = deferred.poll()) {
      step.run();
    }
  }

  /** Going on after a broken invariant could lose events in silence; so clients are sent to begin anew. */
  private void die(Throwable broken) {
    LOG.error("watch loop failed at revision={}, ending its streams", revision, broken);
    dead = true;
    hub.drop(this);
    for (HubWatchStream stream : streams) {
      stream.abandon();
    }
  }

  /** Has {@code step} run when the current one is done. */
  void defer(Runnable step) {
    deferred.add(step);
  }

  private void run() {
    scheduled.set(false);
    advance(EVENTS_PER_TASK);
    if (tickRequested) {
      tickRequested = false;
      tick();
    }
  }

  /** Hands over all that is published, so that what is said next covers every write that was acknowledged before. */
  void advanceFully() {
    advance(Integer.MAX_VALUE);
  }

  private void advance(int eventBudget) {
    long target = hub.publishedRevision();
    if (revision < target) {
      if (groups.isEmpty()) {
        revision = target; // nobody is live; the others go by their own positions
      } else {
        matchUpTo(target, eventBudget);
      }
      while (!future.isEmpty() && future.first().nextRevision <= revision) {
        Watcher reached = future.pollFirst();
        catchUp.enqueue(reached);
      }
    }
    behind = revision < target;
  }

  private void matchUpTo(long target, int eventBudget) {
    EventRing ring = hub.ring();
    EventBlock block = ring.find(revision + 1);
    int budget = eventBudget;
    while (block != null) {
      for (Event event : block.events()) {
        matching = event;
        groups.forEachContaining(event, matcher);
      }
      matching = null;
      revision = block.lastRevision();
      if (pendingBytes >= hub.limits().maxResponseBytes()) {
        handOver();
      }
      budget -= block.events().size();
      if (revision >= target || budget <= 0) {
        handOver();
        return;
      }
      block = ring.after(block);
    }
    handOver();
    // The ring has gone on without this loop: live watchers continue from history.
    for (HubWatchStream stream : streams) {
      stream.unsyncAll(revision + 1);
    }
    revision = target;
  }

  private void match(List<WatchGroup> candidates) {
    Event event = matching;
    for (int i = 0; event != null && i < candidates.size(); i++) {
      WatchGroup group = candidates.get(i);
      if (group.wantsKind(event)) {
        if (!group.hasPending()) {
          touched.add(group);
        }
        pendingBytes += group.addPending(event);
      }
    }
  }

  /** Gives each group what was matched for it. */
  private void handOver() {
    for (WatchGroup group : touched) {
      boolean whole = group.pendingBytes() <= hub.limits().maxResponseBytes();
      List<Event> events = group.takePending();
      if (whole && events.size() <= hub.limits().maxResponseEvents()) {
        handOver(group, events);
        continue;
      }
      for (int from = 0; from < events.size(); ) {
        int to = endOfResponse(events, from);
        handOver(group, events.subList(from, to));
        from = to;
      }
    }
    touched.clear();
    pendingBytes = 0;
  }

  private void handOver(WatchGroup group, List<Event> events) {
    long first = events.getFirst().revision();
    long last = events.getLast().revision();
    for (int i = group.size() - 1; i >= 0; i--) {
      Watcher watcher = group.get(i);
      if (watcher.stream.isReady()) {
        watcher.send(events, last);
      } else {
        unsync(watcher, first);
        catchUp.awaitStream(watcher);
      }
    }
  }

  /** Where a response that begins at {@code from} ends: within the bounds, with whole revisions, at least one. */
  private int endOfResponse(List<Event> events, int from) {
    long bytes = 0;
    int end = from;
    while (end < events.size()) {
      long wholeRevision = events.get(end).revision();
      int next = end;
      while (next < events.size() && events.get(next).revision() == wholeRevision) {
        bytes += WatchGroup.wireBytes(events.get(next++));
      }
      if (end > from
          && (bytes > hub.limits().maxResponseBytes()
              || next - from > hub.limits().maxResponseEvents())) {
        break;
      }
      end = next;
    }
    return end;
  }

  /** Moves a watcher between places, keeping the counts. */
  void move(Watcher watcher, Watcher.Place place) {
    int wasUnsynced = unsyncedWeight(watcher.place);
    int isUnsynced = unsyncedWeight(place);
    watcher.place = place;
    if (wasUnsynced != isUnsynced) {
      watcher.stream.unsynced += isUnsynced - wasUnsynced;
      unsyncedCount.addAndGet(isUnsynced - wasUnsynced);
    }
  }

  private static int unsyncedWeight(Watcher.Place place) {
    return place == Watcher.Place.SYNCED || place == Watcher.Place.GONE ? 0 : 1;
  }

  /** Makes a watcher live that has seen everything up to the loop's revision. */
  void sync(Watcher watcher) {
    groups.join(watcher);
    move(watcher, Watcher.Place.SYNCED);
  }

  /** Takes a watcher out of its group; where it goes is up to the caller. */
  void unsync(Watcher watcher, long nextRevision) {
    groups.leave(watcher);
    watcher.nextRevision = nextRevision;
  }

  /** Says that a watcher is about to be made; must come before the look at what is published. */
  void announceWatcher() {
    watcherCount.incrementAndGet();
  }

  void withdrawWatcher() {
    watcherCount.decrementAndGet();
  }

  /** Lets a new watcher in, after {@link #announceWatcher}. */
  void admit(Watcher watcher) {
    watcher.lastSentNanos = nowNanos;
    long start = watcher.request.startRevision();
    watcher.nextRevision = start == 0 ? revision + 1 : start;
    if (start > revision) {
      move(watcher, Watcher.Place.FUTURE);
      future.add(watcher);
    } else if (start == 0) {
      sync(watcher);
    } else {
      catchUp.enqueue(watcher);
    }
  }

  /** Takes a watcher out, wherever it is. */
  void remove(Watcher watcher) {
    switch (watcher.place) {
      case SYNCED -> groups.leave(watcher);
      case FUTURE -> future.remove(watcher);
      case WAITING, HISTORY -> watcher.stream.forget(watcher);
      case QUEUED, READING -> {} // skipped when its turn or its page comes
      case GONE -> {
        return;
      }
    }
    move(watcher, Watcher.Place.GONE);
    withdrawWatcher();
  }

  private void tick() {
    long pending = 0;
    for (HubWatchStream stream : streams) {
      pending += stream.tick();
    }
    pendingRevisions = pending;
  }

  void failAll(StoreException failure) {
    for (HubWatchStream stream : streams) {
      stream.fail(failure);
    }
  }

  CatchUp catchUpQueue() {
    return catchUp;
  }

  WatchHub hub() {
    return hub;
  }

  /** Everything up to here was matched. */
  long revision() {
    return revision;
  }

  /** The hub's clock when the current step began. */
  long nowNanos() {
    return nowNanos;
  }

  long nextSerial() {
    return serials++;
  }
}
