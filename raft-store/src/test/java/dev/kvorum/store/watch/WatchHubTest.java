package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.delete;
import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What watchers are told: creation, starts in the past and future, ids, ranges, filters. */
class WatchHubTest extends WatchHubFixture {
  @Test
  void aWatcherSeesWhatHappensAfterItsCreation() {
    write(put("a", "1"));
    stream.create(0, ALL);
    write(put("a", "2"));
    run();

    assertThat(sink.take()).containsExactly("created 0 @2", "events 0 @3: PUT a@3");
  }

  @Test
  void aWriteRightAfterCreationIsNotLost() {
    stream.create(0, ALL);
    write(put("a", "1")); // no task has run in between

    run();

    assertThat(sink.take()).containsExactly("created 0 @1", "events 0 @2: PUT a@2");
  }

  @Test
  void creationCoversWhatWasPublishedBeforeEvenIfTheLoopHasNotRun() {
    stream.create(0, WatchRequest.of(key("a"), 0));
    write(put("a", "1"));

    stream.create(0, WatchRequest.of(key("a"), 0));
    run();

    assertThat(sink.take()).containsExactly("created 0 @1", "events 0 @2: PUT a@2", "created 1 @2");
  }

  @Test
  void whatIsWrittenButNotPublishedIsNotPromised() {
    List<Event> events = history.apply(List.of(put("a", "1")));
    stream.create(0, ALL);
    stream.requestProgress();
    hub.publish(2, events);
    run();

    assertThat(sink.take())
        .containsExactly("created 0 @1", "progress -1 @1", "events 0 @2: PUT a@2");
  }

  @Test
  void aStartInThePastIsReplayedThenLive() {
    write(put("a", "1"));
    write(put("b", "1"));
    write(delete("a"));

    stream.create(0, WatchRequest.of(key("a"), 2));
    write(put("a", "2"));
    run();

    assertThat(sink.take())
        .containsExactly(
            "created 0 @4", "events 0 @4: PUT a@2, DELETE a@4", "events 0 @5: PUT a@5");
  }

  @Test
  void theDeletionAtTheCompactRevisionIsVisibleFromThere() {
    history.apply(List.of(put("a", "1")));
    history.apply(List.of(delete("a")));
    history.compact(3);
    hub = hub(1 << 20, 64);
    stream = hub.open(loop, sink);

    stream.create(0, WatchRequest.of(key("a"), 3));
    run();

    assertThat(sink.take()).containsExactly("created 0 @3", "events 0 @3: DELETE a@3");
  }

  @Test
  void aFutureStartSeesNothingOlder() {
    stream.create(0, WatchRequest.of(KeyRange.ALL, 4));
    write(put("a", "2"));
    write(put("a", "3"));
    stream.requestProgress();
    run();
    assertThat(sink.take()).containsExactly("created 0 @1");

    write(put("a", "4"));
    stream.requestProgress();
    run();

    assertThat(sink.take()).containsExactly("events 0 @4: PUT a@4", "progress -1 @4");
  }

  @Test
  void aStartBelowTheCompactRevisionIsCreatedAndThenCanceled() {
    write(put("a", "1"));
    write(put("a", "2"));
    history.compact(3);

    stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    stream.create(0, WatchRequest.of(KeyRange.ALL, 3));
    run();

    assertThat(sink.take())
        .containsExactly(
            "created 0 @3", "canceled 0 @0 compact 3", "created 1 @3", "events 1 @3: PUT a@3");
  }

  @Test
  void idsCountUpPastThoseInUseAndAreNotGivenAgain() {
    stream.create(1, ALL);
    stream.create(0, ALL);
    stream.create(0, ALL);
    stream.cancel(0);
    stream.create(0, ALL);
    stream.create(2, ALL);

    assertThat(sink.take())
        .containsExactly(
            "created 1 @1",
            "created 0 @1",
            "created 2 @1",
            "canceled 0 @1 compact 0",
            "created 3 @1",
            "refused @1: mvcc: duplicate watch ID provided on the WatchStream");
  }

  @Test
  void rangesWithoutKeysAndNegativeStartsAreRefused() {
    stream.create(0, WatchRequest.of(new KeyRange(Bytes.utf8("b"), Bytes.utf8("a")), 0));
    stream.create(0, WatchRequest.of(new KeyRange(Bytes.utf8("b"), Bytes.utf8("b")), 0));
    stream.create(0, WatchRequest.of(KeyRange.ALL, -1));
    stream.create(0, ALL);

    assertThat(sink.take())
        .containsExactly(
            "refused @1: mvcc: watcher range is empty",
            "refused @1: mvcc: watcher range is empty",
            "refused @1: etcdserver: mvcc: required revision has been compacted",
            "created 0 @1");
  }

  @Test
  void anEmptyKeyIsTheLowestOne() {
    stream.create(0, WatchRequest.of(new KeyRange(Bytes.EMPTY, Bytes.ZERO), 0));
    stream.create(0, WatchRequest.of(new KeyRange(Bytes.EMPTY, Bytes.EMPTY), 0));
    stream.create(0, WatchRequest.of(new KeyRange(Bytes.EMPTY, Bytes.utf8("b")), 0));
    write(put("\0", "1"), put("a", "1"), put("b", "1"));
    run();

    assertThat(sink.heard)
        .contains(
            "events 0 @2: PUT 0x00@2, PUT a@2, PUT b@2",
            "events 1 @2: PUT 0x00@2",
            "events 2 @2: PUT 0x00@2, PUT a@2");
  }

  @Test
  void filteredEventsAreLeftOutLiveAndInCatchUp() {
    shrinkRing();
    WatchRequest noDelete = new WatchRequest(KeyRange.ALL, 2, false, false, false, true, false);
    WatchRequest noPut = new WatchRequest(KeyRange.ALL, 2, false, false, true, false, false);
    write(put("a", "1"));
    write(delete("a"));
    stream.create(0, noDelete);
    stream.create(0, noPut);
    run();
    write(put("b", "1"));
    run();
    write(delete("b"));
    run();

    assertThat(sink.take())
        .containsExactly(
            "created 0 @3",
            "created 1 @3",
            "events 0 @3: PUT a@2",
            "events 1 @3: DELETE a@3",
            "events 0 @4: PUT b@4",
            "events 1 @5: DELETE b@5");
  }

  @Test
  void revisionsThatAreFoundTogetherComeTogether() {
    stream.create(0, ALL);
    write(put("a", "1"), put("b", "1"));
    write(put("c", "1"));
    run();

    assertThat(sink.take())
        .containsExactly("created 0 @1", "events 0 @3: PUT a@2, PUT b@2, PUT c@3");
    assertThat(loop.size()).isZero();
  }

  @Test
  void watchersOfTheSameRangeAreGivenTheSameList() {
    stream.create(0, ALL);
    stream.create(0, new WatchRequest(KeyRange.ALL, 0, true, true, false, false, true));
    RecordingSink other = new RecordingSink();
    hub.open(loop, other).create(0, ALL);
    write(put("a", "1"));
    run();

    assertThat(sink.lists).hasSize(2);
    assertThat(sink.lists.get(1)).isSameAs(sink.lists.get(0));
    assertThat(other.lists.getFirst()).isSameAs(sink.lists.get(0));
  }
}
