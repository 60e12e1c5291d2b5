package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.delete;
import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Watchers of one stream that go through the same history together. */
class WatchHistoryScanTest extends WatchHubFixture {
  /** Has a watcher on a key of its own read a page, so that those made next wait for the one after it. */
  private void occupyHistory() {
    stream.create(99, WatchRequest.of(key("none"), 2));
  }

  @Test
  void manyWatchersCostOneWalkThroughHistory() {
    shrinkRing();
    for (int i = 0; i < 50; i++) {
      write(put("k" + i, "1"));
    }
    occupyHistory();
    for (int i = 0; i < 50; i++) {
      stream.create(i + 1, WatchRequest.of(key("k" + i), 2));
    }
    run();

    assertThat(history.reads()).isEqualTo(2);
    for (int i = 0; i < 50; i++) {
      assertThat(sink.heard())
          .containsOnlyOnce("events " + (i + 1) + " @51: PUT k" + i + "@" + (i + 2));
    }
    assertThat(hub.counts().unsynced()).isZero();
  }

  @Test
  void eachIsGivenItsOwnPart() {
    shrinkRing();
    write(put("a", "1"));
    write(put("b", "1"));
    write(delete("a"));
    write(put("a", "2"));
    occupyHistory();
    stream.create(1, WatchRequest.of(KeyRange.ALL, 2));
    stream.create(2, WatchRequest.of(key("a"), 3));
    stream.create(3, new WatchRequest(key("a"), 2, false, false, false, true, false));
    stream.create(4, new WatchRequest(key("a"), 2, false, false, true, false, false));
    stream.create(5, WatchRequest.of(key("b"), 4));
    sink.take();
    run();

    assertThat(sink.take())
        .containsExactlyInAnyOrder(
            "events 1 @5: PUT a@2, PUT b@3, DELETE a@4, PUT a@5",
            "events 2 @5: DELETE a@4, PUT a@5",
            "events 3 @5: PUT a@2, PUT a@5",
            "events 4 @5: DELETE a@4");
    assertThat(hub.counts().unsynced()).isZero();
  }

  @Test
  void whoBeginsEarlierThanTheFirstInLineIsServedByTheNextPage() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    write(put("a", "3"));
    occupyHistory();
    stream.create(1, WatchRequest.of(KeyRange.ALL, 3));
    stream.create(2, WatchRequest.of(KeyRange.ALL, 2));
    sink.take();
    run();

    assertThat(sink.take())
        .containsExactly("events 1 @4: PUT a@3, PUT a@4", "events 2 @4: PUT a@2, PUT a@3, PUT a@4");
  }

  @Test
  void aPageIsGivenOutAsTheClientTakesIt() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    occupyHistory();
    for (int id = 1; id <= 3; id++) {
      stream.create(id, WatchRequest.of(KeyRange.ALL, 2));
    }
    sink.take();
    sink.credit = 1;
    run();
    assertThat(sink.take()).containsExactly("events 1 @3: PUT a@2, PUT a@3");

    write(put("a", "3"));
    stream.cancel(2);
    run();
    assertThat(sink.take()).containsExactly("canceled 2 @4 compact 0");

    sink.credit = 100;
    stream.ready();
    run();
    assertThat(sink.take())
        .containsExactly(
            "events 3 @4: PUT a@2, PUT a@3", "events 3 @4: PUT a@4", "events 1 @4: PUT a@4");
    assertThat(history.reads()).isEqualTo(2);
  }

  @Test
  void aStreamThatEndsWithAPageInHandLeavesNothing() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    stream.create(1, WatchRequest.of(KeyRange.ALL, 2));
    sink.ready = false;
    run();
    stream.close();
    run();

    assertThat(sink.take()).containsExactly("created 1 @3");
    assertThat(hub.counts().unsynced()).isZero();
    assertThat(hub.counts().watchers()).isZero();
    assertThat(hub.loopCount()).isZero();
  }

  @Test
  void compactionDuringTheReadEndsOnlyThoseBelowIt() {
    shrinkRing();
    for (int i = 0; i < 4; i++) {
      write(put("a", "" + i));
    }
    occupyHistory();
    stream.create(1, WatchRequest.of(KeyRange.ALL, 2));
    stream.create(2, WatchRequest.of(KeyRange.ALL, 4));
    catchUp.step();
    loop.step();
    history.compact(4); // the page for both is waiting in the executor
    sink.take();
    run();

    assertThat(sink.take())
        .containsExactly("canceled 1 @0 compact 4", "events 2 @5: PUT a@4, PUT a@5");
  }

  @Test
  void aCrowdInReachOfTheRingSharesToo() {
    hub = hub(64 << 20, 1 << 13);
    int crowd = 300;
    stream = hub.open(loop, sink);
    sink.ready = false;
    for (int i = 0; i < crowd; i++) {
      stream.create(i + 1, WatchRequest.of(key("k" + i), 0));
    }
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < crowd; i++) {
        write(put("k" + i, "" + round));
      }
    }
    run();
    sink.ready = true;
    stream.ready();
    run();

    assertThat(history.reads()).isBetween(1, 10);
    assertThat(sink.lists.stream().mapToInt(List::size).sum()).isEqualTo(10 * crowd);
    assertThat(hub.counts().unsynced()).isZero();
  }

  @Test
  void aFailureEndsTheStreamForAllOfThem() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    occupyHistory();
    stream.create(1, WatchRequest.of(KeyRange.ALL, 2));
    stream.create(2, WatchRequest.of(KeyRange.ALL, 2));
    sink.take();
    history.fail(StoreException.of(StoreException.Kind.CORRUPT));
    run();

    assertThat(sink.take()).containsExactly("failed CORRUPT");
    assertThat(hub.counts().watchers()).isZero();
  }
}
