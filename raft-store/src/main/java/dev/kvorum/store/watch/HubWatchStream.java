package dev.kvorum.store.watch;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream on its loop: who watches under which id, and the one way to the sink. Confined to the loop's executor.
 *
 * <p>A sink that throws has broken its stream and no other; the stream ends.
 */
final class HubWatchStream implements WatchStream {
  private static final Logger LOG = LoggerFactory.getLogger(HubWatchStream.class);

  private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";
  private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
  private static final String COMPACTED = "etcdserver: mvcc: required revision has been compacted";
  private static final String TOO_MANY = "etcdserver: too many watchers on the stream";

  /** How many ids of compacted watchers are kept for a later cancel; the oldest are forgotten. */
  private static final int COMPACTED_IDS = 1024;

  private final WatchLoop loop;
  private final WatchSink sink;
  private final long serial;
  private final long progressIntervalNanos;
  private final Map<Long, Watcher> watchers = new HashMap<>();

  /** Watchers that compaction has ended and whose client has not cancelled them yet: their ids count as in use. */
  private final SequencedSet<Long> compactedIds = new LinkedHashSet<>();

  /** Watchers in place WAITING. */
  final SequencedSet<Watcher> waiting = new LinkedHashSet<>();

  /** Watchers in place HISTORY, in turn. */
  final SequencedSet<Watcher> needHistory = new LinkedHashSet<>();

  /** Watchers in any place but SYNCED; kept by the loop. */
  int unsynced;

  /** The page of history that is being read for it or given to it; kept by {@link CatchUp}, as is the next. */
  @Nullable
  HistoryScan scan;

  boolean inHistoryLine;

  private long nextId;
  private int progressWatchers;
  private boolean ended;

  /** The sink has thrown: it hears nothing more but the failure. */
  private boolean muted;

  /**
   * @param serial orders the streams of a loop
   * @param progressIntervalNanos after what silence a watcher that asked for it is told how far it has come
   */
  HubWatchStream(WatchLoop loop, WatchSink sink, long serial, long progressIntervalNanos) {
    this.loop = loop;
    this.sink = sink;
    this.serial = serial;
    this.progressIntervalNanos = progressIntervalNanos;
  }

  WatchLoop loop() {
    return loop;
  }

  long serial() {
    return serial;
  }

  @Override
  public void create(long watchId, WatchRequest request) {
    loop.enter(() -> {
      if (!ended) {
        loop.announceWatcher();
        if (!tryCreate(watchId, request)) {
          loop.withdrawWatcher();
        }
      }
    });
  }

  private boolean tryCreate(long wantedId, WatchRequest request) {
    loop.advanceFully();
    long revision = loop.revision();
    KeyRange range = request.range().key().isEmpty()
        ? new KeyRange(Bytes.ZERO, request.range().rangeEnd())
        : request.range();
    String refusal = refusal(wantedId, request, range);
    if (refusal != null) {
      tell(to -> to.refused(revision, refusal));
      return false;
    }
    long id = wantedId == 0 ? freeId() : wantedId;
    tell(to -> to.created(id, revision));
    Watcher watcher = new Watcher(this, id, loop.nextSerial(), request, range);
    long start = request.startRevision();
    long compactRevision = loop.hub().history().compactRevision();
    if (start != 0 && start < compactRevision) {
      compacted(id, compactRevision);
      return false;
    }
    watchers.put(id, watcher);
    if (request.progressNotify()) {
      progressWatchers++;
    }
    loop.admit(watcher);
    return true;
  }

  private @Nullable String refusal(long wantedId, WatchRequest request, KeyRange range) {
    if (request.startRevision() < 0) {
      return COMPACTED;
    }
    if (range.isEmpty()) {
      return EMPTY_RANGE;
    }
    if (wantedId != 0 && isUsed(wantedId)) {
      return DUPLICATE_ID;
    }
    if (watchers.size() + compactedIds.size() >= loop.hub().limits().maxWatchersPerStream()) {
      return TOO_MANY;
    }
    return null;
  }

  /** As etcd counts: up from 0, passing over ids in use, never back to one that was freed. */
  private long freeId() {
    while (isUsed(nextId)) {
      nextId++;
    }
    return nextId++;
  }

  private boolean isUsed(long id) {
    return watchers.containsKey(id) || compactedIds.contains(id);
  }

  @Override
  public void cancel(long watchId) {
    loop.enter(() -> {
      if (ended || !isUsed(watchId)) {
        return;
      }
      loop.advanceFully();
      Watcher watcher = watchers.get(watchId);
      if (watcher == null) {
        compactedIds.remove(watchId);
      } else {
        remove(watcher);
      }
      tell(to -> to.canceled(watchId, loop.revision(), 0));
    });
  }

  private void remove(Watcher watcher) {
    loop.remove(watcher);
    watchers.remove(watcher.id);
    if (watcher.request.progressNotify()) {
      progressWatchers--;
    }
  }

  /** Ends a watcher whose next revision is gone. */
  void cancelCompacted(Watcher watcher, long compactRevision) {
    remove(watcher);
    compacted(watcher.id, compactRevision);
  }

  private void compacted(long id, long compactRevision) {
    compactedIds.add(id);
    if (compactedIds.size() > COMPACTED_IDS) {
      compactedIds.removeFirst();
    }
    tell(to -> to.canceled(id, 0, compactRevision));
  }

  @Override
  public void requestProgress() {
    loop.enter(() -> {
      loop.advanceFully();
      // Who has just come within reach of the ring need not cost an answer.
      loop.catchUpQueue().serve();
      if (!watchers.isEmpty() && unsynced == 0 && isReady()) {
        tell(to -> to.progress(-1, loop.revision()));
      }
    });
  }

  @Override
  public void ready() {
    loop.enter(() -> {
      if (isReady()) {
        loop.catchUpQueue().resume(this);
      }
    });
  }

  /** Makes every live watcher go on from {@code nextRevision} by itself. */
  void unsyncAll(long nextRevision) {
    for (Watcher watcher : watchers.values()) {
      if (watcher.isSynced()) {
        loop.unsync(watcher, nextRevision);
        loop.catchUpQueue().enqueue(watcher);
      }
    }
  }

  /** Forgets that a watcher waits for the sink or for history. */
  void forget(Watcher watcher) {
    waiting.remove(watcher);
    needHistory.remove(watcher);
  }

  /**
   * Sends the progress notifications that are due.
   *
   * @return the revisions that its watchers still have to go through
   */
  long tick() {
    long pending = 0;
    if (progressWatchers == 0 && unsynced == 0) {
      return pending;
    }
    long now = loop.nowNanos();
    for (Watcher watcher : watchers.values()) {
      if (!watcher.isSynced()) {
        pending += Math.max(0, loop.revision() - watcher.nextRevision + 1);
      } else if (watcher.request.progressNotify()
          && now - watcher.lastSentNanos >= progressIntervalNanos
          && isReady()) {
        watcher.lastSentNanos = now;
        tell(to -> to.progress(watcher.id, loop.revision()));
      }
    }
    return pending;
  }

  private boolean isSilent() {
    return ended || muted;
  }

  boolean isReady() {
    try {
      return !isSilent() && sink.isReady();
    } catch (RuntimeException failure) {
      broken(failure);
      return false;
    }
  }

  void events(Watcher watcher, long revision, List<Event> events) {
    if (isSilent()) {
      return;
    }
    try {
      sink.events(watcher.id, watcher.request, revision, events);
      loop.hub().eventsSent().add(events.size());
    } catch (RuntimeException failure) {
      broken(failure);
    }
  }

  private void tell(Consumer<WatchSink> message) {
    if (isSilent()) {
      return;
    }
    try {
      message.accept(sink);
    } catch (RuntimeException failure) {
      broken(failure);
    }
  }

  private void broken(RuntimeException failure) {
    LOG.warn("watch sink failed, ending its stream", failure);
    muted = true;
    loop.defer(() -> fail(StoreException.of(StoreException.Kind.STOPPED)));
  }

  /** Ends the stream, telling its client why. */
  void fail(StoreException failure) {
    if (!ended) {
      ended = true;
      detach();
      tellFailed(failure);
    }
  }

  /** As {@link #fail}, on a loop that cannot be trusted to forget the watchers. */
  void abandon() {
    if (!ended) {
      ended = true;
      tellFailed(StoreException.of(StoreException.Kind.STOPPED));
    }
  }

  private void tellFailed(StoreException failure) {
    try {
      sink.failed(failure);
    } catch (RuntimeException alsoFailed) {
      LOG.warn("watch sink failed when told of {}", failure.kind(), alsoFailed);
    }
  }

  @Override
  public void close() {
    if (!ended) {
      ended =
          true; // from here on the sink hears nothing, even if the rest has to wait for the current
      // step
      loop.enter(this::detach);
    }
  }

  private void detach() {
    for (Watcher watcher : watchers.values()) {
      loop.remove(watcher);
    }
    watchers.clear();
    compactedIds.clear();
    loop.hub().release(loop, this);
  }
}
