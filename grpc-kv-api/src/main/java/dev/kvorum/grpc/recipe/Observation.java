package dev.kvorum.grpc.recipe;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows an election: tells who leads, then each value that the leader gives itself, then who leads after it, for ever.
 * Lives on the executor of its context. What an observer is too slow for is not remembered anywhere: it is read again.
 */
public final class Observation implements WatchSink, AutoCloseable {
  /** Who listens; called on the executor of the observation. */
  public interface Observer {
    /** Whether more can be taken; see {@link Observation#ready}. */
    boolean isReady();

    /** The leader, or what it says now. */
    void said(KeyValue keyValue, long revision);

    /** Nothing follows. */
    void failed(Throwable failure);
  }

  private final KvStore store;
  private final Line line;
  private final Observer observer;
  private final CallContext context;
  private @Nullable WatchStream watching;
  private boolean leaderless;
  private boolean closed;

  Observation(KvStore store, Line line, Observer observer, CallContext context) {
    this.store = store;
    this.line = line;
    this.observer = observer;
    this.context = context;
  }

  /** Begins. */
  public void start() {
    After.of(store.range(line.first(false), context), this::looked, this::fail);
  }

  private void looked(RangeResult first) {
    if (closed) {
      return;
    }
    if (first.keyValues().isEmpty()) {
      leaderless = true;
      watch(line.all(), first.revision() + 1);
    } else {
      follow(first.keyValues().getFirst(), first.revision());
    }
  }

  /** Tells of a leader, and what it says after {@code revision}. */
  private void follow(KeyValue leader, long revision) {
    observer.said(leader, revision);
    leaderless = false;
    watch(KeyRange.single(leader.key()), revision + 1);
  }

  private void watch(KeyRange range, long fromRevision) {
    stopWatching();
    if (!closed) {
      WatchStream stream = store.openWatchStream(context.executor(), this);
      watching = stream;
      stream.create(0, WatchRequest.of(range, fromRevision));
    }
  }

  private void stopWatching() {
    WatchStream stream = watching;
    if (stream != null) {
      watching = null;
      stream.close();
    }
  }

  private void lookAgain() {
    stopWatching();
    if (!closed) {
      start();
    }
  }

  /** The observer became ready again. */
  public void ready() {
    WatchStream stream = watching;
    if (stream != null) {
      stream.ready();
    }
  }

  @Override
  public void close() {
    closed = true;
    stopWatching();
  }

  private void fail(Throwable failure) {
    if (!closed) {
      close();
      observer.failed(failure);
    }
  }

  @Override
  public boolean isReady() {
    return observer.isReady();
  }

  @Override
  public void created(long watchId, long revision) {}

  @Override
  public void refused(long revision, String reason) {
    fail(new RecipeFailure(reason));
  }

  @Override
  public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
    for (Event event : events) {
      if (closed) {
        return;
      }
      if (leaderless) {
        if (!event.isDelete()) {
          follow(event.kv(), event.revision());
          return;
        }
      } else if (event.isDelete()) {
        lookAgain();
        return;
      } else {
        observer.said(event.kv(), event.revision());
      }
    }
  }

  @Override
  public void progress(long watchId, long revision) {}

  @Override
  public void canceled(long watchId, long revision, long compactRevision) {
    lookAgain(); // compaction was faster than the watch
  }

  @Override
  public void failed(StoreException failure) {
    watching = null;
    fail(failure);
  }
}
