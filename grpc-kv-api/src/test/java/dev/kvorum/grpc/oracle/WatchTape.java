package dev.kvorum.grpc.oracle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.WatchCancelRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.proto.etcd.WatchProgressRequest;
import dev.kvorum.proto.etcd.WatchRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One watch stream to one server, recorded and held against the rules that every stream keeps whatever the history is:
 * created first and in order, nothing for unknown or ended watchers, revisions ascending and never split, nothing at or
 * below a revision that progress was announced for.
 *
 * <p>Messages arrive on the connection's thread; everything else is called by the thread that runs the duel.
 */
final class WatchTape implements AutoCloseable {
  static final long BOUND_MILLIS = 20_000;
  private static final long PROGRESS_ID = -1;

  /** The largest message of several events to a watcher that asked for fragments: etcd's largest request, and some. */
  private static final int FRAGMENT_BYTES = 2 << 20;

  /** How the violation begins that a response should have been sent in fragments. */
  static final String NOT_CUT = "not cut into fragments";

  /** How the violation begins that events have come before the watcher's creation was answered. */
  static final String EARLY = "events before the watcher";

  private final StreamObserver<WatchRequest> requests;

  @GuardedBy("this")
  private final Queue<WatchCreateRequest> asked = new ArrayDeque<>();

  @GuardedBy("this")
  private final Queue<Created> created = new ArrayDeque<>();

  /** By watch id, from created until the answer to a cancel request; a compacted watcher stays. */
  @GuardedBy("this")
  private final Map<Long, Watcher> active = new HashMap<>();

  /** Events for the id that stands for no watcher, but may be chosen, while nobody has it. */
  @GuardedBy("this")
  private final List<WatchResponse> early = new ArrayList<>();

  @GuardedBy("this")
  private final List<String> violations = new ArrayList<>();

  @GuardedBy("this")
  private int progressAnswers;

  @GuardedBy("this")
  private @Nullable Status end;

  WatchTape(Channel channel) {
    this.requests = WatchGrpc.newStub(channel).watch(new Receiver());
  }

  /** The answer to a create request, and the watcher when it was not refused. */
  record Created(WatchResponse response, @Nullable Watcher watcher) {}

  void create(WatchCreateRequest request) {
    synchronized (this) {
      asked.add(request);
    }
    requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
  }

  @Nullable
  Created awaitCreated() {
    await(this::hasCreated, BOUND_MILLIS);
    synchronized (this) {
      return created.poll();
    }
  }

  void cancel(long id) {
    WatchCancelRequest cancel = WatchCancelRequest.newBuilder().setWatchId(id).build();
    requests.onNext(WatchRequest.newBuilder().setCancelRequest(cancel).build());
  }

  void requestProgress() {
    requests.onNext(WatchRequest.newBuilder()
        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
        .build());
  }

  void sendNothing() {
    requests.onNext(WatchRequest.getDefaultInstance());
  }

  synchronized int progressAnswers() {
    return progressAnswers;
  }

  boolean awaitProgress(int moreThan, long millis) {
    return await(() -> progressAnswers() > moreThan, millis);
  }

  boolean awaitEvents(Watcher watcher, int count) {
    return await(() -> eventCount(watcher) >= count, BOUND_MILLIS);
  }

  @Nullable
  WatchResponse awaitCompacted(Watcher watcher) {
    await(() -> compacted(watcher) != null, BOUND_MILLIS);
    return compacted(watcher);
  }

  @Nullable
  WatchResponse awaitCanceled(Watcher watcher) {
    await(() -> canceled(watcher) != null, BOUND_MILLIS);
    return canceled(watcher);
  }

  /** The events of {@code watcher} from the {@code from}th on. */
  synchronized List<Event> events(Watcher watcher, int from) {
    return List.copyOf(watcher.events.subList(from, watcher.events.size()));
  }

  /** For reports: what became of {@code watcher}. */
  synchronized String stateOf(Watcher watcher) {
    return "watcher " + watcher.id + " last revision " + watcher.lastRevision
        + " compacted " + watcher.compacted + " canceled " + watcher.canceled
        + " announced " + watcher.announcedRevision + " rules " + violations();
  }

  /** What went wrong so far; the stream's own end is one of it. */
  synchronized List<String> violations() {
    List<String> all = new ArrayList<>(violations);
    early.forEach(response -> all.add("events for an unknown watcher: " + Text.of(response)));
    if (end != null) {
      all.add("stream ended with " + end);
    }
    return all;
  }

  @Override
  public void close() {
    requests.onError(Status.CANCELLED.withDescription("end of sequence").asRuntimeException());
  }

  private synchronized boolean hasCreated() {
    return !created.isEmpty();
  }

  private synchronized int eventCount(Watcher watcher) {
    return watcher.events.size();
  }

  private synchronized @Nullable WatchResponse compacted(Watcher watcher) {
    return watcher.compacted;
  }

  private synchronized @Nullable WatchResponse canceled(Watcher watcher) {
    return watcher.canceled;
  }

  /** Whether {@code condition} came true within {@code millis} on a live stream. */
  private synchronized boolean await(BooleanSupplier condition, long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      while (!condition.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || end != null) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return true;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  private synchronized void receive(WatchResponse response) {
    if (response.getCreated()) {
      onCreated(response);
    } else if (response.getCanceled()) {
      onCanceled(response);
    } else if (response.getEventsCount() == 0) {
      onProgress(response);
    } else {
      onEvents(response);
    }
    notifyAll();
  }

  private synchronized void ended(Status status) {
    end = status;
    notifyAll();
  }

  @GuardedBy("this")
  private void onCreated(WatchResponse response) {
    WatchCreateRequest request = asked.poll();
    if (request == null) {
      violations.add("created without request: " + Text.of(response));
      return;
    }
    if (response.getCanceled()) {
      created.add(new Created(response, null));
      return;
    }
    Watcher watcher = new Watcher(response.getWatchId(), request);
    Watcher live = active.put(watcher.id, watcher);
    if (live != null) {
      violations.add("id of a live watcher given again: " + Text.of(response));
    }
    if (watcher.id == PROGRESS_ID) {
      for (WatchResponse before : early) {
        violations.add(EARLY + ": " + Text.of(before));
        watcher.accept(before, violations);
      }
      early.clear();
    }
    created.add(new Created(response, watcher));
  }

  @GuardedBy("this")
  private void onCanceled(WatchResponse response) {
    Watcher watcher = active.get(response.getWatchId());
    if (watcher == null) {
      violations.add("canceled for an unknown watcher: " + Text.of(response));
    } else if (response.getEventsCount() != 0) {
      violations.add("canceled with events: " + Text.of(response));
    } else if (response.getCompactRevision() != 0) {
      if (watcher.compacted != null) {
        violations.add("compacted twice: " + Text.of(response));
      }
      watcher.compacted = response;
    } else {
      watcher.canceled = response;
      active.remove(watcher.id);
    }
  }

  @GuardedBy("this")
  private void onProgress(WatchResponse response) {
    long revision = response.getHeader().getRevision();
    if (response.getWatchId() == PROGRESS_ID) {
      progressAnswers++;
      active.values().forEach(watcher -> watcher.announced(revision));
      return;
    }
    Watcher watcher = active.get(response.getWatchId());
    if (watcher == null) {
      violations.add("progress for an unknown watcher: " + Text.of(response));
    } else {
      watcher.announced(revision);
    }
  }

  @GuardedBy("this")
  private void onEvents(WatchResponse response) {
    Watcher watcher = active.get(response.getWatchId());
    if (watcher == null && response.getWatchId() == PROGRESS_ID) {
      early.add(response);
    } else if (watcher == null) {
      violations.add("events for an unknown watcher: " + Text.of(response));
    } else {
      watcher.accept(response, violations);
    }
  }

  private final class Receiver implements StreamObserver<WatchResponse> {
    @Override
    public void onNext(WatchResponse response) {
      receive(response);
    }

    @Override
    public void onError(Throwable thrown) {
      ended(Status.fromThrowable(thrown));
    }

    @Override
    public void onCompleted() {
      ended(Status.OK);
    }
  }

  /** What one watcher was told. Guarded by its tape. */
  static final class Watcher {
    private final long id;
    private final WatchCreateRequest request;
    private final List<Event> events = new ArrayList<>();
    private @Nullable WatchResponse compacted;
    private @Nullable WatchResponse canceled;

    /** Revision of the last event. */
    private long lastRevision;

    /** The last message said that more of its last revision follows. */
    private boolean unfinished;

    /** Everything up to here was announced to have been sent. */
    private long announcedRevision;

    private Watcher(long id, WatchCreateRequest request) {
      this.id = id;
      this.request = request;
    }

    long id() {
      return id;
    }

    private void announced(long revision) {
      announcedRevision = Math.max(announcedRevision, revision);
    }

    private void accept(WatchResponse response, List<String> violations) {
      String problem = problemWith(response);
      if (problem != null) {
        violations.add(problem + ": " + Text.of(response));
      }
      events.addAll(response.getEventsList());
      lastRevision = response.getEvents(response.getEventsCount() - 1).getKv().getModRevision();
      unfinished = response.getFragment();
    }

    private @Nullable String problemWith(WatchResponse response) {
      if (compacted != null || canceled != null) {
        return "events after the end of the watcher";
      }
      if (response.getFragment() && !request.getFragment()) {
        return "fragment that was not asked for";
      }
      if (request.getFragment()
          && response.getEventsCount() > 1
          && response.getSerializedSize() >= FRAGMENT_BYTES) {
        return NOT_CUT + ", but " + response.getSerializedSize() + " bytes";
      }
      long before = lastRevision;
      boolean first = true;
      for (Event event : response.getEventsList()) {
        long revision = event.getKv().getModRevision();
        if (revision < before) {
          return "revision goes back from " + before;
        }
        if (first && revision == before && !unfinished) {
          return "revision " + before + " split or repeated";
        }
        if (revision <= announcedRevision) {
          return "event at or below announced progress " + announcedRevision;
        }
        before = revision;
        first = false;
      }
      if (response.getHeader().getRevision() < before) {
        return "header revision below that of an event";
      }
      return null;
    }
  }
}
