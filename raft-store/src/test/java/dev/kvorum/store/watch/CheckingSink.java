package dev.kvorum.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Holds every call against the full log and fails at the first one that breaks a guarantee.
 *
 * <p>A guarantee that is broken inside a callback must not be mistaken for a sink that fails; so violations are {@link
 * AssertionError}s, which the hub does not take for that.
 */
final class CheckingSink implements WatchSink {
  private record Asked(long id, WatchRequest request) {}

  private static final class Seen {
    final WatchRequest request;
    final KeyRange range;

    /** Everything below was delivered or promised to be none. */
    long next;

    long lastSentNanos;

    /** The compact revision at creation. */
    final long compactedWhenCreated;

    Seen(WatchRequest request, long next, long now, long compactRevision) {
      compactedWhenCreated = compactRevision;
      this.request = request;
      range = request.range().key().isEmpty()
          ? new KeyRange(Bytes.ZERO, request.range().rangeEnd())
          : request.range();
      this.next = next;
      lastSentNanos = now;
    }
  }

  private final FakeHistory history;
  private final WatchHub hub;
  private final WatchLimits limits;
  private final LongSupplier clock;
  private final Map<String, Integer> met;
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private final Map<Long, Seen> watchers = new TreeMap<>();
  private final List<Long> compacted = new ArrayList<>();
  private final ArrayDeque<Long> cancels = new ArrayDeque<>();
  private long nextFreeId;
  private long progressFloor;
  private long lastProgress;
  private boolean progressAnswered;
  private boolean closed;
  private boolean failureExpected;

  /** Calls of {@link #events} until it is not ready. */
  int credit = 2;

  /** What a client may do while it is being called. */
  Runnable onEvents = () -> {};

  CheckingSink(
      FakeHistory history,
      WatchHub hub,
      WatchLimits limits,
      LongSupplier clock,
      Map<String, Integer> met) {
    this.history = history;
    this.hub = hub;
    this.limits = limits;
    this.clock = clock;
    this.met = met;
  }

  void expectAnswer(long id, WatchRequest request) {
    asked.add(new Asked(id, request));
  }

  /** Whether it can be told what a cancel of {@code id} has to bring: not if that is cancelled and made again just now. */
  boolean canExpectCancel(long id) {
    return !cancels.contains(id) || asked.stream().noneMatch(ask -> ask.id == id);
  }

  void expectCancel(long id) {
    if ((watchers.containsKey(id) || compacted.contains(id)) && !cancels.contains(id)) {
      cancels.add(id);
    }
  }

  void expectProgressAtLeast(long revision) {
    progressFloor = revision;
    progressAnswered = false;
  }

  void expectFailure() {
    failureExpected = true;
    met("failure of a sink");
  }

  void close() {
    closed = true;
  }

  boolean ended() {
    return closed || failureExpected;
  }

  long randomId(Random random) {
    List<Long> ids = new ArrayList<>(watchers.keySet());
    ids.addAll(compacted);
    return ids.isEmpty() || random.nextInt(10) == 0 ? 99 : ids.get(random.nextInt(ids.size()));
  }

  /** Watchers whose start is above everything that was published. */
  int startsAhead() {
    return (int) watchers.values().stream()
        .filter(seen -> seen.request.startRevision() > hub.publishedRevision())
        .count();
  }

  /** Nothing that a watcher wants is missing. */
  void assertComplete() {
    assertThat(asked).isEmpty();
    assertThat(cancels).isEmpty();
    watchers.forEach((id, seen) -> assertThat(expected(seen, Long.MAX_VALUE))
        .as("missing at watcher %d %s", id, seen.request)
        .isEmpty());
  }

  void assertProgressAnswered() {
    assertThat(progressAnswered).isEqualTo(!watchers.isEmpty() && startsAhead() == 0);
  }

  private List<Event> expected(Seen seen, long to) {
    return history.events(seen.range, seen.request.noPut(), seen.request.noDelete(), seen.next, to);
  }

  private void assertOpen() {
    assertThat(ended()).as("called after the end").isFalse();
  }

  @Override
  public boolean isReady() {
    return credit > 0;
  }

  @Override
  public void created(long watchId, long revision) {
    assertOpen();
    Asked ask = asked.remove();
    assertThat(revision).isEqualTo(hub.publishedRevision());
    assertThat(watchers).doesNotContainKey(watchId);
    assertThat(compacted).doesNotContain(watchId);
    if (ask.id != 0) {
      assertThat(watchId).isEqualTo(ask.id);
    } else {
      assertThat(watchId).isGreaterThanOrEqualTo(nextFreeId);
      nextFreeId = watchId + 1;
    }
    long start = ask.request.startRevision();
    assertThat(start).isNotNegative();
    watchers.put(
        watchId,
        new Seen(
            ask.request,
            start == 0 ? revision + 1 : start,
            clock.getAsLong(),
            history.compactRevision()));
  }

  @Override
  public void refused(long revision, String reason) {
    assertOpen();
    Asked ask = asked.remove();
    met(reason);
    assertThat(revision).isEqualTo(hub.publishedRevision());
    switch (reason) {
      case "mvcc: watcher range is empty" ->
        assertThat(ask.request.range().isEmpty()).isTrue();
      case "mvcc: duplicate watch ID provided on the WatchStream" ->
        assertThat(watchers.containsKey(ask.id) || compacted.contains(ask.id)).isTrue();
      case "etcdserver: mvcc: required revision has been compacted" ->
        assertThat(ask.request.startRevision()).isNegative();
      default ->
        assertThat(watchers.size() + compacted.size()).isEqualTo(limits.maxWatchersPerStream());
    }
  }

  @Override
  public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
    assertOpen();
    Seen seen = seen(watchId);
    assertThat(request).isSameAs(seen.request);
    assertThat(events).isNotEmpty();
    assertThat(seen.next)
        .as("compact revision when created")
        .isGreaterThanOrEqualTo(seen.compactedWhenCreated);
    long last = events.getLast().revision();
    assertThat(events)
        .as("watcher %d %s from %d to %d", watchId, request, seen.next, last)
        .isEqualTo(expected(seen, last)); // ordered, unique, atomic, reliable
    assertThat(revision).isBetween(last, hub.publishedRevision());
    assertWithinBounds(events);
    assertThat(credit).as("responses that it takes now").isPositive();
    credit--;
    seen.next = last + 1;
    met(events.getFirst().revision() == last ? "one revision" : "many revisions");
    seen.lastSentNanos = clock.getAsLong();
    onEvents.run();
  }

  private void met(String name) {
    met.merge(name, 1, Integer::sum);
  }

  private Seen seen(long watchId) {
    Seen seen = watchers.get(watchId);
    if (seen == null) {
      throw new AssertionError("no watcher " + watchId);
    }
    return seen;
  }

  private void assertWithinBounds(List<Event> events) {
    if (events.getFirst().revision() != events.getLast().revision()) {
      assertThat(events).hasSizeLessThanOrEqualTo(limits.maxResponseEvents());
      assertThat(events.stream().mapToLong(WatchGroup::wireBytes).sum())
          .isLessThanOrEqualTo(limits.maxResponseBytes());
    }
  }

  @Override
  public void progress(long watchId, long revision) {
    assertOpen();
    assertThat(revision).isLessThanOrEqualTo(hub.publishedRevision());
    if (watchId == -1) {
      assertThat(revision).isGreaterThanOrEqualTo(Math.max(progressFloor, lastProgress));
      assertThat(watchers).isNotEmpty();
      lastProgress = revision;
      met("progress asked for");
      progressAnswered = true;
      watchers.forEach((id, seen) -> promised(seen, revision));
    } else {
      Seen seen = seen(watchId);
      assertThat(seen.request.progressNotify()).isTrue();
      assertThat(clock.getAsLong() - seen.lastSentNanos)
          .isGreaterThanOrEqualTo(limits.progressInterval().toNanos());
      seen.lastSentNanos = clock.getAsLong();
      met("progress notified");
      promised(seen, revision);
    }
  }

  /** Bookmarkable: nothing up to {@code revision} is still to come. */
  private void promised(Seen seen, long revision) {
    assertThat(revision).isGreaterThanOrEqualTo(seen.request.startRevision());
    assertThat(expected(seen, revision)).as("progress %d overtook", revision).isEmpty();
    seen.next = Math.max(seen.next, revision + 1);
  }

  @Override
  public void canceled(long watchId, long revision, long compactRevision) {
    assertOpen();
    if (compactRevision == 0) {
      assertThat(cancels.remove()).isEqualTo(watchId);
      assertThat(revision).isEqualTo(hub.publishedRevision());
      assertThat(watchers.remove(watchId) != null ^ compacted.remove(watchId)).isTrue();
    } else {
      assertThat(revision).isZero();
      assertThat(compactRevision).isLessThanOrEqualTo(history.compactRevision());
      Seen seen = seen(watchId);
      watchers.remove(watchId);
      assertThat(seen.next).isLessThan(compactRevision);
      compacted.add(watchId);
      boolean later = compactRevision > seen.compactedWhenCreated;
      met(later ? "compacted later" : "compacted at creation");
    }
  }

  @Override
  public void failed(StoreException failure) {
    assertThat(failureExpected).isTrue();
    assertThat(closed).isFalse();
    closed = true;
  }
}
