package dev.kvorum.apiserver.watch;

import dev.kvorum.apiserver.http.HttpStream;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.Change;
import dev.kvorum.apiserver.storage.ChangeListener;
import dev.kvorum.apiserver.storage.ChangeStream;
import dev.kvorum.apiserver.storage.Pauses;
import dev.kvorum.apiserver.storage.StorageKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of one resource, from one store watch, for any number of watchers. Its state belongs to its serial executor;
 * its public methods are for all threads.
 */
public final class WatchCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchCache.class);

  private static final int MAX_CHANGES = 16_384;
  private static final long MAX_BYTES = 16 << 20;
  private static final int MAX_QUEUE = 512;

  private final BlockingStore store;
  private final StorageKeys keys;
  private final StoredObjects objects;
  private final Executor serial;
  private final ScheduledExecutorService timer;

  // Of the serial executor.
  private final ChangeRing ring = new ChangeRing(MAX_CHANGES, MAX_BYTES);
  private final Map<String, Set<Watcher>> following = new HashMap<>(); // by what they watch
  private final List<Watcher> waiting = new ArrayList<>(); // until the store watch has begun
  private @Nullable ChangeStream changes;
  private final Pauses pauses = new Pauses();
  private boolean started;
  private boolean closed;

  /** Up to which revision the ring has forgotten, for those who ask from elsewhere; above all until it has begun. */
  private volatile long floor = Long.MAX_VALUE;

  /**
   * Makes one; it begins with its first watcher.
   *
   * @param serial runs its tasks one after the other
   */
  public WatchCache(
      BlockingStore store,
      StorageKeys keys,
      StoredObjects objects,
      Executor serial,
      ScheduledExecutorService timer) {
    this.store = store;
    this.keys = keys;
    this.objects = objects;
    this.serial = serial;
    this.timer = timer;
  }

  /**
   * Tells a client of what comes after a revision, until its stream is closed.
   *
   * @param sentBefore whether events have been sent on the stream already
   */
  public void watch(WatchRequest request, HttpStream stream, long after, boolean sentBefore) {
    Watcher watcher = new Watcher(this, request, stream, after, sentBefore, MAX_QUEUE);
    stream.executor().execute(watcher::start);
  }

  /** Lets watchers know how far they have come, as soon as the store says it. */
  public void bookmarks() {
    serial.execute(() -> {
      if (changes != null && started && !following.isEmpty()) {
        changes.requestProgress();
      }
    });
  }

  @Override
  public void close() {
    serial.execute(() -> {
      closed = true;
      if (changes != null) {
        changes.close();
        changes = null;
      }
    });
  }

  // ---- For watchers.

  /** For logs. */
  String name() {
    return keys.prefix();
  }

  void join(Watcher watcher) {
    serial.execute(() -> joined(watcher));
  }

  void leave(Watcher watcher) {
    serial.execute(() -> {
      waiting.remove(watcher);
      Set<Watcher> same = following.get(scope(watcher.request()));
      if (same != null && same.remove(watcher) && same.isEmpty()) {
        following.remove(scope(watcher.request()));
      }
    });
  }

  boolean covers(long revision) {
    return revision >= floor;
  }

  CachedChange cached(Change change) {
    return new CachedChange(change, keys.prefix(), objects);
  }

  ChangeStream history(String namespace, long from, Executor executor, ChangeListener listener) {
    return store.changes(keys, namespace, from, executor, listener);
  }

  // ---- On the serial executor.

  private void joined(Watcher watcher) {
    if (closed) {
      watcher.stream().close();
      return;
    }
    if (!started) {
      waiting.add(watcher);
      open(0);
      return;
    }
    long position = watcher.position();
    if (!ring.covers(position)) {
      remove(watcher);
      watcher.readHistory();
      return;
    }
    following
        .computeIfAbsent(scope(watcher.request()), unused -> new LinkedHashSet<>())
        .add(watcher);
    watcher.follow();
    boolean wakes = false;
    Iterator<CachedChange> missed = ring.after(position);
    while (missed.hasNext()) {
      CachedChange change = missed.next();
      if (change.revision() > position && concerns(watcher.request(), change)) {
        wakes |= watcher.offer(change);
      }
    }
    if (wakes) {
      watcher.stream().executor().execute(watcher::drain);
    }
  }

  private void remove(Watcher watcher) {
    Set<Watcher> same = following.get(scope(watcher.request()));
    if (same != null) {
      same.remove(watcher);
    }
  }

  private static boolean concerns(WatchRequest request, CachedChange change) {
    return (request.namespace().isEmpty() || request.namespace().equals(change.namespace()))
        && (request.name().isEmpty() || request.name().equals(change.name()));
  }

  /** What a watcher watches, as a key; a change concerns those of {@link #scopes}. */
  private static String scope(WatchRequest request) {
    return request.namespace() + "/" + request.name();
  }

  private static Set<String> scopes(CachedChange change) {
    Set<String> scopes = new LinkedHashSet<>();
    scopes.add("/");
    scopes.add(change.namespace() + "/");
    scopes.add("/" + change.name());
    scopes.add(change.namespace() + "/" + change.name());
    return scopes;
  }

  private void open(long from) {
    if (changes == null && !closed) {
      changes = store.changes(keys, "", from, serial, new Listener());
    }
  }

  private void spread(List<Change> batch, long revision) {
    Map<Executor, List<Watcher>> awake = new HashMap<>();
    for (Change each : batch) {
      CachedChange change = cached(each);
      ring.add(change);
      for (String scope : scopes(change)) {
        for (Watcher watcher : following.getOrDefault(scope, Set.of())) {
          if (watcher.offer(change)) {
            awake
                .computeIfAbsent(watcher.stream().executor(), unused -> new ArrayList<>())
                .add(watcher);
          }
        }
      }
    }
    ring.reached(revision);
    floor = ring.floor();
    drain(awake);
  }

  /** One task for all watchers of an event loop. */
  private static void drain(Map<Executor, List<Watcher>> awake) {
    awake.forEach((executor, watchers) -> executor.execute(() -> watchers.forEach(Watcher::drain)));
  }

  private final class Listener implements ChangeListener {
    @Override
    public boolean isReady() {
      return true; // it only puts changes into a ring
    }

    @Override
    public void started(long revision) {
      pauses.reset();
      if (started) {
        return; // opened again: it goes on where it was
      }
      started = true;
      ring.restart(revision);
      floor = revision;
      List<Watcher> all = List.copyOf(waiting);
      waiting.clear();
      all.forEach(WatchCache.this::joined);
    }

    @Override
    public void changes(List<Change> batch, long revision) {
      spread(batch, revision);
    }

    @Override
    public void progress(long revision) {
      ring.reached(revision);
      Map<Executor, List<Watcher>> awake = new HashMap<>();
      following
          .values()
          .forEach(watchers -> watchers.forEach(watcher -> {
            if (watcher.bookmark(revision)) {
              awake
                  .computeIfAbsent(watcher.stream().executor(), unused -> new ArrayList<>())
                  .add(watcher);
            }
          }));
      drain(awake);
    }

    @Override
    public void expired(long compactRevision) {
      // The store was away for so long that what came in between is gone. Who watches reads what is
      // left of it in history, and is told there if that is not all.
      changes = null;
      started = false;
      floor = Long.MAX_VALUE;
      following.values().forEach(waiting::addAll);
      following.clear();
      open(0);
    }

    @Override
    public void failed(String why) {
      if (pauses.isFirst()) {
        log.warn("the watch of {} ended, and is opened again: {}", keys.prefix(), why);
      }
      changes = null;
      ScheduledFuture<?> unused = timer.schedule(
          () -> serial.execute(() -> {
            if (!following.isEmpty() || !waiting.isEmpty() || started) {
              open(started ? ring.revision() + 1 : 0);
            }
          }),
          pauses.nextMillis(),
          TimeUnit.MILLISECONDS);
    }
  }
}
