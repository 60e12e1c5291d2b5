package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The watch streams of one sequence, one per client, on both servers.
 *
 * <p>Answers to create and cancel requests are compared at once. Events are compared at checkpoints, for each watcher
 * against the history of its own server ({@link WatchModel}); that the two histories agree is checked by the {@link
 * Duel}. How events are cut into responses is each server's business within the rules of {@link WatchTape}.
 */
final class WatchDuel implements AutoCloseable {
  private static final long PROGRESS_EVERY_MILLIS = 100; // as kube-apiserver asks
  private static final int PROGRESS_TRIES = 200;

  private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
  private static final String DENIED =
      "rpc error: code = PermissionDenied desc = etcdserver: permission denied";

  private final Duel duel;
  private final Map<From, Stream> streams = new HashMap<>();
  private final Map<Integer, Watch> byHandle = new HashMap<>();

  WatchDuel(Duel duel) {
    this.duel = duel;
  }

  private static final class Stream {
    private final WatchTape oracle;
    private final WatchTape subject;
    private final List<Watch> watches = new ArrayList<>();

    Stream(WatchTape oracle, WatchTape subject) {
      this.oracle = oracle;
      this.subject = subject;
    }
  }

  private static final class Watch {
    private final Stream stream;
    private final WatchCreateRequest request;
    private final Tracked oracle;
    private final Tracked subject;
    private final long start;
    private final long compactAtCreation;
    private final boolean compacted;

    /** Created in the past and not yet known to have caught up. */
    private boolean behind;

    Watch(
        Stream stream,
        WatchCreateRequest request,
        Tracked oracle,
        Tracked subject,
        long revision,
        long compactRevision) {
      this.stream = stream;
      this.request = request;
      this.oracle = oracle;
      this.subject = subject;
      long asked = request.getStartRevision();
      this.start = asked == 0 ? revision + 1 : asked;
      this.compactAtCreation = compactRevision;
      this.compacted = asked != 0 && asked < compactRevision;
      this.behind = !compacted && start <= revision;
    }
  }

  /** One server's side of a watch: what was compared so far. */
  private static final class Tracked {
    private final WatchTape tape;
    private final WatchTape.Watcher watcher;
    private final History history;
    private int historyIndex;
    private int compared;

    Tracked(WatchTape tape, WatchTape.Watcher watcher, History history) {
      this.tape = tape;
      this.watcher = watcher;
      this.history = history;
    }
  }

  void create(From from, int handle, WatchCreateRequest request) {
    Stream stream = stream(from);
    stream.oracle.create(request);
    stream.subject.create(request);
    WatchTape.Created oracle = stream.oracle.awaitCreated();
    WatchTape.Created subject = stream.subject.awaitCreated();
    if (oracle != null
        && subject != null
        && isRefusedAsEmpty(from, request, oracle.response(), subject.response())) {
      return;
    }
    compare(
        "watch created",
        Text.of(request),
        oracle == null ? null : oracle.response(),
        subject == null ? null : subject.response());
    if (oracle == null || subject == null) {
      throw new Difference("watch created", "no answer to " + Text.of(request), "", "");
    }
    WatchTape.Watcher ours = oracle.watcher();
    WatchTape.Watcher theirs = subject.watcher();
    if (ours == null || theirs == null) {
      return;
    }
    Watch watch = new Watch(
        stream,
        request,
        new Tracked(stream.oracle, ours, duel.oracle().history()),
        new Tracked(stream.subject, theirs, duel.subject().history()),
        duel.revision(),
        duel.compactRevision());
    stream.watches.add(watch);
    byHandle.put(handle, watch);
    if (watch.compacted) {
      compare(
          "watch compacted",
          Text.of(request),
          stream.oracle.awaitCompacted(ours),
          stream.subject.awaitCompacted(theirs));
    }
  }

  /** Whether both refuse a range that holds no key, one of them because the caller may not ask for it. */
  private boolean isRefusedAsEmpty(
      From from, WatchCreateRequest request, WatchResponse oracle, WatchResponse subject) {
    Message refusal = duel.subject().normalize(subject);
    return subject.getCancelReason().equals(EMPTY_RANGE)
        && oracle.getCancelReason().equals(DENIED)
        && duel.oracle()
            .normalize(oracle.toBuilder().setCancelReason(EMPTY_RANGE).build())
            .equals(refusal)
        && duel.emptyRanges().isGranted(from, request);
  }

  void cancel(int handle, boolean settleFirst) {
    Watch watch = byHandle.remove(handle);
    if (watch != null && watch.stream.watches.contains(watch)) {
      cancel(watch, settleFirst);
    }
  }

  void cancelUnknown(From from, long id) {
    Stream stream = stream(from);
    stream.oracle.cancel(id);
    stream.subject.cancel(id);
  }

  void requestProgress(From from) {
    Stream stream = stream(from);
    stream.oracle.requestProgress();
    stream.subject.requestProgress();
  }

  void sendNothing(From from) {
    Stream stream = stream(from);
    stream.oracle.sendNothing();
    stream.subject.sendNothing();
  }

  /** Waits until every watcher has every event there is for it, and compares; needs the histories up to date. */
  void settle() {
    for (Stream stream : streams.values()) {
      for (Watch watch : stream.watches) {
        settle(watch);
      }
      checkRules(stream);
    }
  }

  /**
   * Makes sure that a compaction at {@code revision} meets no watcher that may still be reading history below it, since
   * whether such a watcher is cancelled depends on timing in any server. Call after {@link #settle}.
   */
  void prepareForCompaction(long revision) {
    for (Stream stream : streams.values()) {
      if (stream.watches.stream().anyMatch(watch -> mayReadBelow(watch, revision))
          && !muted(stream)) {
        awaitProgress(stream);
      }
      List<Watch> exposed =
          stream.watches.stream().filter(watch -> mayReadBelow(watch, revision)).toList();
      exposed.forEach(watch -> cancel(watch, true));
    }
  }

  /** Cancels every watcher, and gives up the streams. */
  void cancelAll() {
    settle();
    for (Stream stream : streams.values()) {
      for (Watch watch : List.copyOf(stream.watches)) {
        cancel(watch, true);
      }
      checkRules(stream);
    }
    close();
  }

  /** Settles, checks that progress is answered where it must be and only there, and cancels every watcher. */
  void finish() {
    settle();
    for (Stream stream : streams.values()) {
      int oracle = stream.oracle.progressAnswers();
      int subject = stream.subject.progressAnswers();
      boolean muted = muted(stream);
      boolean byCompactedOnly = muted
          && stream.watches.stream().noneMatch(this::waits)
          && stream.watches.stream().anyMatch(watch -> !watch.compacted);
      if (muted) {
        stream.oracle.requestProgress();
        stream.subject.requestProgress();
      } else {
        awaitProgress(stream);
      }
      for (Watch watch : List.copyOf(stream.watches)) {
        cancel(watch, true);
      }
      if (muted) {
        checkSilence(stream, oracle, subject, byCompactedOnly);
      }
      checkRules(stream);
    }
    close();
  }

  @Override
  public void close() {
    for (Stream stream : streams.values()) {
      stream.oracle.close();
      stream.subject.close();
    }
    streams.clear();
    byHandle.clear();
  }

  private Stream stream(From from) {
    return streams.computeIfAbsent(
        new From(from.client(), from.who(), false),
        key -> new Stream(duel.oracle().watch(key), duel.subject().watch(key)));
  }

  private void cancel(Watch watch, boolean settleFirst) {
    Stream stream = watch.stream;
    if (settleFirst) {
      duel.awaitHistories();
      settle(watch);
    }
    stream.oracle.cancel(watch.oracle.watcher.id());
    stream.subject.cancel(watch.subject.watcher.id());
    compare(
        "watch canceled",
        Text.of(watch.request),
        stream.oracle.awaitCanceled(watch.oracle.watcher),
        stream.subject.awaitCanceled(watch.subject.watcher));
    stream.watches.remove(watch);
    if (!settleFirst) {
      duel.awaitHistories();
      checkEvents(watch, watch.oracle, false);
      checkEvents(watch, watch.subject, false);
    }
  }

  private void settle(Watch watch) {
    if (!watch.compacted) {
      checkEvents(watch, watch.oracle, true);
      checkEvents(watch, watch.subject, true);
    }
  }

  /**
   * Compares the new events of one side with its history.
   *
   * @param complete whether all must be there; else any number of the first ones will do
   */
  private void checkEvents(Watch watch, Tracked side, boolean complete) {
    List<Event> expected = new ArrayList<>();
    List<Event> history = side.history.events();
    for (; side.historyIndex < history.size(); side.historyIndex++) {
      Event event = history.get(side.historyIndex);
      if (WatchModel.matches(watch.request, watch.start, event)) {
        expected.add(WatchModel.seen(watch.request, event));
      }
    }
    if (complete) {
      side.tape.awaitEvents(side.watcher, side.compared + expected.size());
    }
    List<Event> actual = side.tape.events(side.watcher, side.compared);
    String where = side == watch.oracle ? "the oracle" : "the subject";
    boolean sizeFits =
        complete ? actual.size() == expected.size() : actual.size() <= expected.size();
    if (!sizeFits) {
      throw new Difference(
          "watch events",
          "events of a watcher at " + where + " from revision " + watch.start + " "
              + Text.of(watch.request),
          "expected " + expected.size() + ": " + brief(expected),
          "got " + actual.size() + ": " + brief(actual) + side.tape.stateOf(side.watcher));
    }
    Iterator<Event> wanted = expected.iterator();
    for (Event got : actual) {
      Event want = wanted.next();
      if (!got.equals(want) && !lacksCompactedPrevKv(watch, got, want)) {
        if (side == watch.subject || !lacksPrevKv(got, want)) {
          throw new Difference(
              "watch event",
              "event of a watcher at " + where + " " + Text.of(watch.request),
              "expected " + Text.of(want),
              "got " + Text.of(got));
        }
        duel.known().note(KnownDifferences.Entry.LATE_PREV_KV);
      }
      if (side == watch.subject
          && got.hasPrevKv()
          && got.getKv().getModRevision() <= watch.compactAtCreation) {
        duel.known().note(KnownDifferences.Entry.PREV_KV_AT_COMPACT_REVISION);
      }
    }
    side.compared += actual.size();
  }

  /** What was there before the first readable revision may be gone for a watcher that starts there. */
  private static boolean lacksCompactedPrevKv(Watch watch, Event got, Event want) {
    return want.getKv().getModRevision() <= watch.compactAtCreation && lacksPrevKv(got, want);
  }

  private static boolean lacksPrevKv(Event got, Event want) {
    return !got.hasPrevKv()
        && want.hasPrevKv()
        && got.equals(want.toBuilder().clearPrevKv().build());
  }

  private static boolean mayReadBelow(Watch watch, long revision) {
    if (!watch.behind) {
      return false;
    }
    List<Event> events = watch.oracle.tape.events(watch.oracle.watcher, 0);
    List<Event> others = watch.subject.tape.events(watch.subject.watcher, 0);
    long reached = events.isEmpty() || others.isEmpty()
        ? watch.start
        : Math.min(lastRevision(events), lastRevision(others)) + 1;
    return reached < revision;
  }

  private static long lastRevision(List<Event> events) {
    return events.getLast().getKv().getModRevision();
  }

  /** Whether a progress request gets no answer, by etcd's rules. */
  private boolean muted(Stream stream) {
    return stream.watches.isEmpty()
        || stream.watches.stream().anyMatch(watch -> watch.compacted || waits(watch));
  }

  /** Whether its start revision is still to come. */
  private boolean waits(Watch watch) {
    return watch.request.getStartRevision() > duel.revision();
  }

  private void awaitProgress(Stream stream) {
    int oracle = stream.oracle.progressAnswers();
    int subject = stream.subject.progressAnswers();
    boolean fromOracle = false;
    boolean fromSubject = false;
    for (int i = 0; i < PROGRESS_TRIES && !(fromOracle && fromSubject); i++) {
      if (!fromOracle) {
        stream.oracle.requestProgress();
      }
      if (!fromSubject) {
        stream.subject.requestProgress();
      }
      fromOracle = fromOracle || stream.oracle.awaitProgress(oracle, PROGRESS_EVERY_MILLIS);
      fromSubject = fromSubject || stream.subject.awaitProgress(subject, PROGRESS_EVERY_MILLIS);
    }
    if (!fromOracle || !fromSubject) {
      throw new Difference("progress", "answer to progress requests", fromOracle, fromSubject);
    }
    stream.watches.forEach(watch -> watch.behind = false);
  }

  private void checkSilence(
      Stream stream, int oracleBefore, int subjectBefore, boolean byCompactedOnly) {
    int oracle = stream.oracle.progressAnswers() - oracleBefore;
    int subject = stream.subject.progressAnswers() - subjectBefore;
    boolean meant = byCompactedOnly && oracle == 0 && subject > 0;
    if (meant) {
      duel.known().note(KnownDifferences.Entry.PROGRESS_DESPITE_COMPACTED_WATCHER);
    } else if (oracle != 0 || subject != 0) {
      throw new Difference("progress", "answers while a watcher mutes progress", oracle, subject);
    }
  }

  private void checkRules(Stream stream) {
    List<String> oracle = new ArrayList<>(stream.oracle.violations());
    List<String> subject = stream.subject.violations();
    if (oracle.removeIf(violation -> violation.startsWith(WatchTape.NOT_CUT))) {
      duel.known().note(KnownDifferences.Entry.LATE_FRAGMENT);
    }
    if (oracle.removeIf(violation -> violation.startsWith(WatchTape.EARLY))) {
      duel.known().note(KnownDifferences.Entry.EARLY_EVENTS);
    }
    if (!oracle.isEmpty() || !subject.isEmpty()) {
      throw new Difference("watch rule", "rules of every watch stream", oracle, subject);
    }
  }

  private void compare(
      String kind, String what, @Nullable WatchResponse oracle, @Nullable WatchResponse subject) {
    Message ours = oracle == null ? null : duel.oracle().normalize(oracle);
    Message theirs = subject == null ? null : duel.subject().normalize(subject);
    if (!Objects.equals(ours, theirs)) {
      throw new Difference(
          kind,
          what,
          ours == null ? "no answer" : Text.of(ours),
          theirs == null ? "no answer" : Text.of(theirs));
    }
  }

  private static String brief(List<Event> events) {
    StringBuilder text = new StringBuilder();
    for (Event event : events) {
      text.append(event.getKv().getModRevision())
          .append(event.getType() == Event.EventType.PUT ? " put " : " delete ")
          .append(Text.of(event.getKv().getKey()))
          .append(", ");
    }
    return text.toString();
  }
}
