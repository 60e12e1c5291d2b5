package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import org.junit.jupiter.api.Test;

/** Progress: what it promises, when it is answered, and when it comes unasked. */
class WatchProgressTest extends WatchHubFixture {
  @Test
  void aCompactedWatcherMutesNoProgressAndItsCancelIsAnsweredOnce() {
    write(put("a", "1"));
    write(put("a", "2"));
    history.compact(3);
    stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    stream.requestProgress(); // nobody is left
    stream.create(0, ALL);
    stream.create(-3, WatchRequest.of(KeyRange.ALL, 1));
    sink.take();

    stream.requestProgress();
    stream.cancel(0);
    stream.cancel(0);
    stream.cancel(-3);

    assertThat(sink.take())
        .containsExactly("progress -1 @3", "canceled 0 @3 compact 0", "canceled -3 @3 compact 0");
  }

  @Test
  void progressCoversEveryWriteBeforeItEvenOnAStreamWithoutEvents() {
    stream.create(0, WatchRequest.of(key("never"), 0));
    write(put("a", "1"));
    stream.requestProgress(); // the loop has not run since

    assertThat(sink.take()).containsExactly("created 0 @1", "progress -1 @2");
  }

  @Test
  void progressComesAfterItsEvents() {
    stream.create(0, ALL);
    write(put("a", "1"));
    stream.requestProgress();

    assertThat(sink.take())
        .containsExactly("created 0 @1", "events 0 @2: PUT a@2", "progress -1 @2");
  }

  @Test
  void progressIsNotAnsweredWithoutAWatcherOrWhileOneIsUnsynced() {
    shrinkRing();
    stream.requestProgress();
    write(put("a", "1"));
    write(put("a", "2"));
    stream.create(0, ALL);
    stream.create(0, WatchRequest.of(KeyRange.ALL, 2)); // waits for history
    stream.requestProgress();
    assertThat(sink.take()).containsExactly("created 0 @3", "created 1 @3");

    run();
    stream.requestProgress();

    assertThat(sink.take()).containsExactly("events 1 @3: PUT a@2, PUT a@3", "progress -1 @3");
  }

  @Test
  void aQuietWatcherIsNotifiedOnceAnInterval() {
    stream.create(0, new WatchRequest(key("a"), 0, false, true, false, false, false));
    stream.create(0, ALL);
    write(put("b", "1"));
    run();
    sink.take();

    nowNanos = INTERVAL.toNanos() - 1;
    hub.tick();
    run();
    assertThat(sink.take()).isEmpty();

    nowNanos = INTERVAL.toNanos() * 11 / 10; // the jitter is below a tenth
    hub.tick();
    run();
    assertThat(sink.take()).containsExactly("progress 0 @2");

    hub.tick();
    run();
    assertThat(sink.take()).isEmpty();
  }

  @Test
  void aWatcherThatGotEventsIsNotNotified() {
    stream.create(0, new WatchRequest(key("a"), 0, false, true, false, false, false));
    nowNanos = INTERVAL.toNanos();
    write(put("a", "1"));
    run();
    sink.take();
    nowNanos += INTERVAL.toNanos() - 1;
    hub.tick();
    run();

    assertThat(sink.take()).isEmpty();
  }
}
