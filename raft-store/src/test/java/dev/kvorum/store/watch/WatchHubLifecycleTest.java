package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the hub does about loops, streams and itself: waking, closing, counting. */
class WatchHubLifecycleTest extends WatchHubFixture {
  @Test
  void aLoopIsWokenOnceHoweverMuchIsPublished() {
    stream.create(0, ALL);
    for (int i = 0; i < 10; i++) {
      write(put("a", "" + i));
    }

    assertThat(loop.size()).isEqualTo(1);
  }

  @Test
  void aLoopWithoutWatchersIsNotWoken() {
    stream.create(0, ALL);
    stream.cancel(0);
    write(put("a", "1"));

    assertThat(loop.size()).isZero();
  }

  @Test
  void aClosedStreamHearsNothingAndLeavesNothing() {
    stream.create(0, ALL);
    stream.create(0, WatchRequest.of(KeyRange.ALL, 100));
    write(put("a", "1"));
    stream.close();
    stream.close();
    run();

    assertThat(sink.take()).containsExactly("created 0 @1", "created 1 @1");
    assertThat(hub.counts()).isEqualTo(new WatchCounts(0, 0, 0, 0, 0));
    assertThat(hub.loopCount()).isZero();
  }

  @Test
  void closingTheHubFailsOpenAndLaterStreams() {
    stream.create(0, ALL);
    hub.close();
    run();
    RecordingSink late = new RecordingSink();
    hub.open(loop, late).create(0, ALL);
    run();

    assertThat(sink.take()).containsExactly("created 0 @1", "failed STOPPED");
    assertThat(late.heard).contains("failed STOPPED");
    assertThat(hub.counts().watchers()).isZero();
    assertThat(hub.loopCount()).isZero();
  }

  @Test
  void anEventLoopThatHasEndedIsForgotten() {
    stream.create(0, ALL);
    loop.stop();
    write(put("a", "1"));

    assertThat(hub.loopCount()).isZero();
    assertThat(hub.counts().watchers()).isZero();
  }

  @Test
  void publishingOutOfOrderIsRefused() {
    write(put("a", "1"));

    assertThatThrownBy(() -> hub.publish(1, List.of())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> hub.reset(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anEntryWithoutEventsChangesNothing() {
    stream.create(0, ALL);
    hub.publish(1, List.of());
    run();

    assertThat(sink.take()).containsExactly("created 0 @1");
  }

  @Test
  void countsSayHowManyAreUnsyncedAndHowFarBehind() {
    stream.create(0, ALL);
    stream.create(0, WatchRequest.of(key("other"), 0));
    sink.ready = false;
    List<FakeHistory.Change> changes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      changes.add(put("a", "" + i));
    }
    for (FakeHistory.Change change : changes) {
      write(change);
    }
    hub.tick();
    run();

    assertThat(hub.counts()).isEqualTo(new WatchCounts(1, 2, 1, 4, 0));
  }
}
