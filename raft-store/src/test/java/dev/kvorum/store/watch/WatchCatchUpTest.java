package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams that are behind: slow clients, a ring that has moved on, history, compaction and snapshots. */
class WatchCatchUpTest extends WatchHubFixture {
  @Test
  void aSlowStreamKeepsItsPositionAndContinuesFromTheRing() {
    stream.create(0, ALL);
    sink.ready = false;
    write(put("a", "1"));
    run();
    write(put("b", "1"));
    stream.requestProgress();
    run();
    assertThat(sink.take()).containsExactly("created 0 @1");

    sink.ready = true;
    stream.ready();
    stream.requestProgress();

    assertThat(sink.take()).containsExactly("events 0 @3: PUT a@2, PUT b@3", "progress -1 @3");
    assertThat(history.reads()).isZero();
  }

  @Test
  void aStreamThatFellOffTheRingContinuesFromHistory() {
    shrinkRing();
    stream.create(0, ALL);
    sink.ready = false;
    for (int i = 0; i < 3; i++) {
      write(put("a", "" + i));
      run();
    }

    sink.ready = true;
    stream.ready();
    write(put("b", "1"));
    run();

    assertThat(sink.take())
        .containsExactly(
            "created 0 @1", "events 0 @5: PUT a@2, PUT a@3, PUT a@4", "events 0 @5: PUT b@5");
    assertThat(history.reads()).isEqualTo(1);
  }

  @Test
  void aSlowWatcherThatCompactionOvertookIsCanceled() {
    shrinkRing();
    stream.create(0, ALL);
    sink.ready = false;
    for (int i = 0; i < 3; i++) {
      write(put("a", "" + i));
      run();
    }
    history.compact(4);
    sink.ready = true;
    stream.ready();
    run();

    assertThat(sink.take()).containsExactly("created 0 @1", "canceled 0 @0 compact 4");
  }

  @Test
  void compactionDuringAReadOfHistoryCancels() {
    shrinkRing();
    for (int i = 0; i < 3; i++) {
      write(put("a", "" + i));
    }
    stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    history.compact(4); // the read is waiting in the executor
    run();

    assertThat(sink.take()).containsExactly("created 0 @4", "canceled 0 @0 compact 4");
  }

  @Test
  void aWatcherCanceledDuringAReadOfHistoryHearsNothingMore() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    catchUp.runAll();
    stream.cancel(0);
    run();

    assertThat(sink.take()).containsExactly("created 0 @3", "canceled 0 @3 compact 0");
  }

  @Test
  void aLoopThatTheRingHasLeftBehindLosesNothing() {
    shrinkRing();
    stream.create(0, ALL);
    write(put("a", "1"));
    write(put("b", "1"));
    write(put("c", "1"));
    run();

    assertThat(sink.take())
        .containsExactly("created 0 @1", "events 0 @4: PUT a@2, PUT b@3, PUT c@4");
  }

  @Test
  void anInstalledSnapshotIsReadFromHistoryOnce() {
    stream.create(0, ALL);
    write(put("a", "1"));
    run();
    history.apply(List.of(put("b", "1")));
    history.apply(List.of(put("c", "1")));
    hub.reset(4);
    run();
    write(put("d", "1"));
    run();

    assertThat(sink.take())
        .containsExactly(
            "created 0 @1",
            "events 0 @2: PUT a@2",
            "events 0 @4: PUT b@3, PUT c@4",
            "events 0 @5: PUT d@5");
  }

  @Test
  void anInstalledSnapshotWithoutTheHistoryCancels() {
    stream.create(0, ALL);
    run();
    history.apply(List.of(put("b", "1")));
    history.apply(List.of(put("c", "1")));
    history.compact(3);
    hub.reset(3);
    run();

    assertThat(sink.take()).containsExactly("created 0 @1", "canceled 0 @0 compact 3");
  }

  @Test
  void aStreamHasOnePageOfHistoryUnderWay() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    for (int i = 0; i < 5; i++) {
      stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    }

    assertThat(catchUp.size()).isEqualTo(1);
  }

  @Test
  void aRevisionLargerThanAResponseIsNotSplit() {
    stream.create(0, ALL);
    FakeHistory.Change[] changes = new FakeHistory.Change[3000];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = put("k" + i, "v");
    }
    write(put("a", "1"));
    write(changes);
    write(put("b", "1"));
    run();

    assertThat(sink.lists).extracting(List::size).containsExactly(1, 3000, 1);
  }

  @Test
  void aReadOfHistoryThatFailsEndsTheStreamWithTheReason() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    history.fail(StoreException.of(StoreException.Kind.CORRUPT));
    run();

    assertThat(sink.take()).containsExactly("created 0 @3", "failed CORRUPT");
    assertThat(hub.loopCount()).isZero();
  }

  @Test
  void aCatchUpExecutorThatIsShutDownEndsTheStream() {
    shrinkRing();
    write(put("a", "1"));
    write(put("a", "2"));
    catchUp.stop();
    stream.create(0, WatchRequest.of(KeyRange.ALL, 2));
    run();

    assertThat(sink.take()).containsExactly("created 0 @3", "failed STOPPED");
  }
}
