package dev.kvorum.store.watch;

import static dev.kvorum.store.watch.FakeHistory.Change.delete;
import static dev.kvorum.store.watch.FakeHistory.Change.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One hub, one loop that the test turns, history at revision 1 to begin with. */
class WatchHubTest {
  private static final WatchRequest ALL = WatchRequest.of(KeyRange.ALL, 0);
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final FakeHistory history = new FakeHistory();
  private final StepExecutor loop = new StepExecutor();
  private final StepExecutor catchUp = new StepExecutor();
  private final RecordingSink sink = new RecordingSink();
  private long nowNanos;
  private WatchHub hub = hub(1 << 20, 64);
  private WatchStream stream = hub.open(loop, sink);

  private WatchHub hub(long ringBytes, int ringEntries) {
    WatchLimits limits = new WatchLimits(ringBytes, ringEntries, 1000, 1 << 20, 100, 2, INTERVAL);
    return new WatchHub(history, catchUp, limits, () -> nowNanos);
  }

  /** Starts again with a ring that holds one entry. */
  private void shrinkRing() {
    hub = hub(1 << 20, 1);
    stream = hub.open(loop, sink);
  }

  private void write(FakeHistory.Change... changes) {
    List<Event> events = history.apply(List.of(changes));
    hub.publish(history.currentRevision(), events);
  }

  private void run() {
    while (loop.step() || catchUp.step()) {
      // until both are idle
    }
  }

  private static KeyRange key(String key) {
    return KeyRange.single(Bytes.utf8(key));
  }

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
