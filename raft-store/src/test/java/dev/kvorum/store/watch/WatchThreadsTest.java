package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Real threads: what the simulation cannot show, because it runs one task at a time. The ring is so small that loops
 * keep falling off it while it is written.
 */
class WatchThreadsTest {
  private static final int REVISIONS = 5000;

  private final FakeHistory history = new FakeHistory();

  @Test
  void watchersOnSeveralLoopsSeeEveryRevisionOnceWhileEntriesArePublished() throws Exception {
    try (ExecutorService catchUp = CatchUpThreads.start(2);
        ExecutorService one = Executors.newSingleThreadExecutor();
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      WatchLimits limits =
          new WatchLimits(1 << 20, 8, 100, 1 << 16, 100, 2, Duration.ofMinutes(10));
      WatchHub hub = new WatchHub(history, catchUp, limits, System::nanoTime);
      List<CountingSink> sinks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ExecutorService loop = i % 2 == 0 ? one : other;
        CountingSink sink = new CountingSink();
        sinks.add(sink);
        WatchStream stream = hub.open(loop, sink);
        loop.execute(() -> stream.create(0, WatchRequest.of(KeyRange.prefix(Bytes.utf8("k")), 2)));
      }
      for (int i = 0; i < REVISIONS; i++) {
        List<Event> events = history.apply(List.of(put("k" + i % 10, "v")));
        hub.publish(history.currentRevision(), events);
      }

      for (CountingSink sink : sinks) {
        assertThat(sink.end.get(60, TimeUnit.SECONDS)).isEqualTo(REVISIONS + 1);
      }
      hub.close();
    }
  }

  /** Expects one event per revision from 2 on. */
  private static final class CountingSink implements WatchSink {
    final CompletableFuture<Long> end = new CompletableFuture<>();
    private long next = 2;

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void created(long watchId, long revision) {}

    @Override
    public void refused(long revision, String reason) {
      end.completeExceptionally(new AssertionError(reason));
    }

    @Override
    public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
      for (Event event : events) {
        if (event.revision() != next) {
          end.completeExceptionally(
              new AssertionError("revision " + event.revision() + " instead of " + next));
        }
        next++;
      }
      if (next > REVISIONS + 1) {
        end.complete(next - 1);
      }
    }

    @Override
    public void progress(long watchId, long revision) {}

    @Override
    public void canceled(long watchId, long revision, long compactRevision) {
      end.completeExceptionally(new AssertionError("canceled, compact " + compactRevision));
    }

    @Override
    public void failed(StoreException failure) {
      end.completeExceptionally(failure);
    }
  }
}
