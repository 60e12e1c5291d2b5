package dev.kvorum.store.watch;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchStream;
import java.time.Duration;
import java.util.List;

/** One hub, one loop that the test turns, history at revision 1 to begin with. */
abstract class WatchHubFixture {
  static final WatchRequest ALL = WatchRequest.of(KeyRange.ALL, 0);
  static final Duration INTERVAL = Duration.ofSeconds(10);

  final FakeHistory history = new FakeHistory();
  final StepExecutor loop = new StepExecutor();
  final StepExecutor catchUp = new StepExecutor();
  final RecordingSink sink = new RecordingSink();
  long nowNanos;
  WatchHub hub = hub(1 << 20, 64);
  WatchStream stream = hub.open(loop, sink);

  final WatchHub hub(long ringBytes, int ringEntries) {
    WatchLimits limits = new WatchLimits(ringBytes, ringEntries, 1000, 1 << 20, 400, 2, INTERVAL);
    return new WatchHub(history, catchUp, limits, () -> nowNanos);
  }

  /** Starts again with a ring that holds one entry. */
  final void shrinkRing() {
    hub = hub(1 << 20, 1);
    stream = hub.open(loop, sink);
  }

  final void write(FakeHistory.Change... changes) {
    List<Event> events = history.apply(List.of(changes));
    hub.publish(history.currentRevision(), events);
  }

  final void run() {
    while (loop.step() || catchUp.step()) {
      // until both are idle
    }
  }

  static KeyRange key(String key) {
    return KeyRange.single(Bytes.utf8(key));
  }
}
