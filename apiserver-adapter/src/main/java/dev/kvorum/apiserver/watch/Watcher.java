package dev.kvorum.apiserver.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.http.HttpStream;
import dev.kvorum.apiserver.storage.Change;
import dev.kvorum.apiserver.storage.ChangeListener;
import dev.kvorum.apiserver.storage.ChangeStream;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client that watches. Belongs to the event loop of its stream, except for {@link #offer}, which the cache calls.
 *
 * <p>It is in one of three states: it follows the cache, whose changes come into its queue; it is behind, with a full queue
 * or none, and joins the cache again once it has sent what it has; or it reads history on a store watch of its own, until
 * the cache goes back as far as it has come.
 */
final class Watcher {
  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  /** What waits to be sent. */
  private sealed interface Item {
    record Changed(CachedChange change) implements Item {}

    record Bookmark(long revision) implements Item {}
  }

  private final WatchCache cache;
  private final WatchRequest request;
  private final HttpStream stream;
  private final int maxQueue;

  // Guarded by this: what the cache and the event loop share.
  private final ArrayDeque<Item> queue = new ArrayDeque<>();
  private long after;
  private long queued;
  private boolean following;
  private boolean drains;

  // Of the event loop.
  private @Nullable ChangeStream history;
  private boolean first = true;
  private boolean ended;

  /**
   * Creates one that has been told everything up to a revision.
   *
   * @param sentBefore whether events have been sent on the stream already
   */
  Watcher(
      WatchCache cache,
      WatchRequest request,
      HttpStream stream,
      long after,
      boolean sentBefore,
      int maxQueue) {
    this.cache = cache;
    this.request = request;
    this.stream = stream;
    this.after = after;
    this.queued = after;
    this.first = !sentBefore;
    this.maxQueue = maxQueue;
  }

  WatchRequest request() {
    return request;
  }

  HttpStream stream() {
    return stream;
  }

  /** Begins. */
  void start() {
    stream.onClosed(this::end);
    stream.onReady(this::drain);
    cache.join(this);
  }

  // ---- Called by the cache, on its thread.

  /** Up to which revision it needs nothing any more. */
  synchronized long position() {
    return queued;
  }

  /** That it follows from now on: every change that concerns it is offered. */
  synchronized void follow() {
    following = true;
  }

  /**
   * Takes a change, or does not and is behind.
   *
   * @return whether it has to be woken
   */
  synchronized boolean offer(CachedChange change) {
    if (!following || change.revision() < queued || change.revision() <= after) {
      return false;
    }
    if (queue.size() >= maxQueue && change.revision() > queued) {
      following = false; // it will ask for the rest when it has sent what it has
      return false;
    }
    queue.addLast(new Item.Changed(change));
    queued = change.revision();
    return wake();
  }

  /** Takes note of how far everything has been told; returns whether it has to be woken. */
  synchronized boolean bookmark(long revision) {
    if (!following || !request.bookmarks() || !queue.isEmpty() || revision <= queued) {
      return false;
    }
    queue.addLast(new Item.Bookmark(revision));
    queued = revision;
    return wake();
  }

  private boolean wake() {
    boolean wakes = !drains;
    drains = true;
    return wakes;
  }

  /** That the cache does not go back as far: it has to read history. */
  void readHistory() {
    stream.executor().execute(this::openHistory);
  }

  // ---- On the event loop.

  /** Sends what waits, as long as the client takes it. */
  void drain() {
    while (!ended && stream.isReady()) {
      Item item;
      synchronized (this) {
        item = queue.pollFirst();
        if (item == null) {
          drains = false;
          if (following || history != null) {
            return;
          }
        }
      }
      if (item == null) {
        cache.join(this);
        return;
      }
      send(item);
    }
    synchronized (this) {
      // Nobody needs to wake it: it goes on when there is room.
      drains = !queue.isEmpty();
    }
    if (history != null && stream.isReady()) {
      history.ready();
    }
  }

  private void send(Item item) {
    try {
      sendOrFail(item);
    } catch (RuntimeException e) {
      giveUp(e);
    }
  }

  /** A client that cannot be told of a change must not go on as if there had been none. */
  private void giveUp(RuntimeException why) {
    log.warn("a watch of {} ends: what it is to be told cannot be read", cache.name(), why);
    stream.close();
    ended = true;
  }

  private void sendOrFail(Item item) {
    switch (item) {
      case Item.Changed changed -> tell(changed.change);
      case Item.Bookmark bookmark ->
        stream.send(request.encoding().bookmark(bookmark.revision, false));
    }
  }

  /** Tells of a change, as it looks to this client. */
  private void tell(CachedChange change) {
    Encoding encoding = request.encoding();
    if (change.isDeletion() && !change.knowsPrevious()) {
      expire("what was deleted has been compacted");
      return;
    }
    var filter = request.filter();
    EventType type;
    boolean previous = false;
    if (filter == null) {
      type = change.isDeletion()
          ? EventType.DELETED
          : change.isCreation() ? EventType.ADDED : EventType.MODIFIED;
      previous = change.isDeletion();
    } else {
      ObjectNode now = change.object(encoding, false);
      boolean fits = now != null && filter.test(now);
      if (!fits && change.isCreation()) {
        return;
      }
      ObjectNode old = change.isCreation() ? null : change.object(encoding, true);
      boolean fitted = old != null && filter.test(old);
      if (!fits && !fitted) {
        return;
      }
      type = fits ? (fitted ? EventType.MODIFIED : EventType.ADDED) : EventType.DELETED;
      previous = !fits;
    }
    ObjectNode object = change.object(encoding, previous);
    if (object == null) {
      expire("what was changed has been compacted");
      return;
    }
    if (first && !encoding.alike()) {
      stream.send(encoding.event(type, object, true));
    } else {
      stream.send(change.frame(encoding, type, object));
    }
    first = false;
  }

  private void expire(String why) {
    stream.send(request.encoding().expired(why));
    stream.close();
  }

  private void openHistory() {
    if (ended || history != null) {
      return;
    }
    history = cache.history(request.namespace(), position() + 1, stream.executor(), new History());
  }

  private void end() {
    ended = true;
    closeHistory();
    cache.leave(this);
  }

  private void closeHistory() {
    if (history != null) {
      history.close();
      history = null;
    }
  }

  /** What was before the cache began. */
  private final class History implements ChangeListener {
    @Override
    public boolean isReady() {
      return stream.isReady();
    }

    @Override
    public void started(long revision) {
      if (revision <= position()) {
        reached(position());
      }
    }

    @Override
    public void changes(List<Change> changes, long revision) {
      for (Change each : changes) {
        CachedChange change = cache.cached(each);
        if (concerns(change)) {
          send(new Item.Changed(change));
        }
        if (ended) {
          return;
        }
      }
      reached(revision);
    }

    @Override
    public void progress(long revision) {
      reached(revision);
    }

    private void reached(long revision) {
      synchronized (Watcher.this) {
        queued = Math.max(queued, revision);
      }
      if (!ended && cache.covers(revision)) {
        closeHistory();
        cache.join(Watcher.this);
      }
    }

    @Override
    public void expired(long compactRevision) {
      history = null;
      expire("too old resource version: " + position() + " (" + compactRevision + ")");
    }

    @Override
    public void failed(String why) {
      history = null;
      stream.close(); // the client comes back to where it was
    }
  }

  private boolean concerns(CachedChange change) {
    return (request.namespace().isEmpty() || request.namespace().equals(change.namespace()))
        && (request.name().isEmpty() || request.name().equals(change.name()));
  }
}
