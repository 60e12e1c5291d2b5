package dev.kvorum.grpc.recipe;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Waits until nobody in a line is older: looks who is right before, waits until that key is gone, and looks again, for it
 * may have left the line out of turn. So each departure wakes one who waits and not all of them. Lives on the executor of
 * its context.
 */
final class Turn implements WatchSink {
  private final KvStore store;
  private final Line line;
  private final long createRevision;
  private final CallContext context;
  private final CompletableFuture<Boolean> come = new CompletableFuture<>();
  private @Nullable WatchStream watching;

  Turn(KvStore store, Line line, long createRevision, CallContext context) {
    this.store = store;
    this.line = line;
    this.createRevision = createRevision;
    this.context = context;
  }

  /** Completed when it is one's turn. */
  CompletableFuture<Boolean> come() {
    return come;
  }

  void start() {
    After.of(store.range(line.lastBefore(createRevision), context), this::looked, this::fail);
  }

  private void looked(RangeResult before) {
    if (come.isDone()) {
      return;
    }
    if (before.keyValues().isEmpty()) {
      come.complete(true);
    } else {
      watch(before.keyValues().getFirst().key(), before.revision() + 1);
    }
  }

  private void watch(Bytes key, long fromRevision) {
    WatchStream stream = store.openWatchStream(context.executor(), this);
    watching = stream;
    stream.create(
        0, new WatchRequest(KeyRange.single(key), fromRevision, false, false, true, false, false));
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
    if (!come.isDone()) {
      start();
    }
  }

  private void fail(Throwable failure) {
    stopWatching();
    come.completeExceptionally(failure);
  }

  /** Waits no longer. */
  void cancel() {
    stopWatching();
    come.cancel(false);
  }

  /** As {@link #fail}, from any thread. */
  void stop() {
    context.executor().execute(() -> fail(StoreException.of(StoreException.Kind.STOPPED)));
  }

  @Override
  public boolean isReady() {
    return true; // there is one event to come
  }

  @Override
  public void created(long watchId, long revision) {}

  @Override
  public void refused(long revision, String reason) {
    fail(new RecipeFailure(reason));
  }

  @Override
  public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
    lookAgain();
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
