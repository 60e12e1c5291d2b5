package dev.kvorum.apiserver.storage;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a resource's objects, from a revision on. Belongs to the executor that it was opened with: its methods are
 * called there.
 */
public final class ChangeStream implements AutoCloseable {
  private final WatchStream stream;

  private ChangeStream(WatchStream stream) {
    this.stream = stream;
  }

  /**
   * Opens one.
   *
   * @param from the first revision of interest; 0 for the first one after now
   * @param executor runs its tasks one after the other
   */
  static ChangeStream open(
      KvStore store, KeyRange range, long from, Executor executor, ChangeListener listener) {
    Sink sink = new Sink(listener);
    WatchStream stream = store.openWatchStream(executor, sink);
    sink.stream = stream;
    stream.create(0, new WatchRequest(range, from, true, false, false, false, false));
    return new ChangeStream(stream);
  }

  /** Says that the listener {@linkplain ChangeListener#isReady is ready} again. */
  public void ready() {
    stream.ready();
  }

  /** Asks for {@link ChangeListener#progress}, which does not come while there is more to tell. */
  public void requestProgress() {
    stream.requestProgress();
  }

  @Override
  public void close() {
    stream.close();
  }

  private static final class Sink implements WatchSink {
    private final ChangeListener listener;
    private @Nullable WatchStream stream;

    Sink(ChangeListener listener) {
      this.listener = listener;
    }

    @Override
    public boolean isReady() {
      return listener.isReady();
    }

    @Override
    public void created(long watchId, long revision) {
      listener.started(revision);
    }

    @Override
    public void refused(long revision, String reason) {
      end(reason);
    }

    @Override
    public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
      List<Change> changes = new ArrayList<>(events.size());
      for (Event event : events) {
        KeyValue previous = event.prevKv();
        changes.add(new Change(
            event.kv().key(),
            event.revision(),
            event.isDelete() ? null : event.kv().value(),
            previous == null ? null : previous.value(),
            event.isCreate()));
      }
      // The store may be further than this watcher has been told.
      listener.changes(changes, changes.getLast().revision());
    }

    @Override
    public void progress(long watchId, long revision) {
      listener.progress(revision);
    }

    @Override
    public void canceled(long watchId, long revision, long compactRevision) {
      if (compactRevision > 0) {
        close();
        listener.expired(compactRevision);
      } else {
        end("the store has ended the watch");
      }
    }

    @Override
    public void denied(long watchId, long revision, StoreException reason) {
      end(reason.kind().name());
    }

    @Override
    public void failed(StoreException failure) {
      end(failure.kind().name());
    }

    private void end(String why) {
      close();
      listener.failed(why);
    }

    private void close() {
      if (stream != null) {
        stream.close();
      }
    }
  }
}
