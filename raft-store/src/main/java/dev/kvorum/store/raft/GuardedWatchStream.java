package dev.kvorum.store.raft;

import dev.kvorum.store.Access;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.auth.AuthView;
import dev.kvorum.store.auth.Authorizer;
import dev.kvorum.store.auth.Identity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch stream and its caller. Lives on the stream's executor, as both sides of it do; {@link #recheckSoon} may be
 * called from anywhere.
 *
 * <p>A watcher whose caller cannot be identified or cleared at once holds back what the client asks for after it, so that
 * answers come in the order of the questions. Once made, a watcher lives as long as its user may see its keys, also when
 * the token that it was made with has run out.
 */
final class GuardedWatchStream implements WatchStream, WatchSink {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedWatchStream.class);

  /** Requests held back behind a watcher that is being decided about; beyond that the stream fails. */
  private static final int MAX_HELD_BACK = 4096;

  private final CallContext context;
  private final WatchSink sink;
  private final Admission admission;
  private final Supplier<Applier> applier;
  private final Consumer<GuardedWatchStream> ended;
  private @Nullable WatchStream inner;

  /** Of watchers that exist. */
  private final Map<Long, KeyRange> ranges = new HashMap<>();

  /** Of watchers that were asked for and not answered, in order. */
  private final ArrayDeque<KeyRange> asked = new ArrayDeque<>();

  private final Map<Long, StoreException> ending = new HashMap<>();
  private final ArrayDeque<Runnable> heldBack = new ArrayDeque<>();
  private boolean deciding;
  private boolean closed;

  /** As whom the caller was cleared last; null if never. */
  private @Nullable Identity cleared;

  GuardedWatchStream(
      CallContext context,
      WatchSink sink,
      Admission admission,
      Supplier<Applier> applier,
      Consumer<GuardedWatchStream> ended) {
    this.context = context;
    this.sink = sink;
    this.admission = admission;
    this.applier = applier;
    this.ended = ended;
  }

  void opened(WatchStream stream) {
    inner = stream;
  }

  private WatchStream inner() {
    WatchStream stream = inner;
    if (stream == null) {
      throw new IllegalStateException("not opened");
    }
    return stream;
  }

  // ---- from the client ----

  @Override
  public void create(long watchId, WatchRequest request) {
    inOrder(() -> decide(watchId, request));
  }

  @Override
  public void cancel(long watchId) {
    inOrder(() -> inner().cancel(watchId));
  }

  @Override
  public void requestProgress() {
    inOrder(inner()::requestProgress);
  }

  @Override
  public void ready() {
    inner().ready();
  }

  @Override
  public void close() {
    end();
    inner().close();
  }

  private void end() {
    closed = true;
    heldBack.clear();
    ranges.clear();
    asked.clear();
    ended.accept(this);
  }

  private void inOrder(Runnable request) {
    if (closed) {
      return;
    }
    if (!deciding) {
      request.run();
    } else if (heldBack.size() < MAX_HELD_BACK) {
      heldBack.add(request);
    } else {
      inner().close();
      failed(StoreException.of(StoreException.Kind.TOO_MANY_REQUESTS));
    }
  }

  private void decide(long watchId, WatchRequest request) {
    // A negative start is refused whoever asks, as in etcd.
    if (!admission.enabled() || request.startRevision() < 0) {
      pass(watchId, request);
      return;
    }
    Access access = new Access.WatchKeys(request.range());
    if (admission.isReady(context.caller())
        && admission.refusal(access, context.caller()) == null) {
      allow(watchId, request);
      return;
    }
    deciding = true;
    admission.whenDecided(access, context, refusal -> {
      deciding = false;
      if (closed) {
        return;
      }
      if (refusal == null) {
        allow(watchId, request);
      } else {
        sink.denied(-1, applier.get().lastRevision(), refusal);
      }
      while (!deciding && !closed && !heldBack.isEmpty()) {
        heldBack.poll().run();
      }
    });
  }

  private void allow(long watchId, WatchRequest request) {
    Identity now = identityNow(applier.get().auth());
    if (now != null) {
      cleared = now;
    }
    pass(watchId, request);
  }

  private void pass(long watchId, WatchRequest request) {
    asked.add(request.range());
    inner().create(watchId, request);
  }

  private @Nullable Identity identityNow(AuthView auth) {
    if (!auth.enabled()) {
      return null;
    }
    try {
      return admission.identity(context.caller(), auth);
    } catch (StoreException unknown) {
      return null;
    }
  }

  // ---- the auth state has changed ----

  void recheckSoon() {
    try {
      context.executor().execute(this::recheck);
    } catch (RejectedExecutionException e) {
      LOG.debug("a watch stream's event loop has ended", e);
      ended.accept(this);
    }
  }

  private void recheck() {
    Applier state = applier.get();
    AuthView auth = state.auth();
    if (closed || !auth.enabled() || ranges.isEmpty()) {
      return;
    }
    admission.prepare(context, () -> recheck(state, auth), failure -> recheckSoon());
  }

  private void recheck(Applier state, AuthView auth) {
    StoreException unknown = null;
    Identity who = Identity.NONE;
    try {
      who = current(auth);
    } catch (StoreException refused) {
      unknown = refused;
    }
    Authorizer authorizer = new Authorizer(auth, state.leaseKeys());
    for (Map.Entry<Long, KeyRange> watcher : new ArrayList<>(ranges.entrySet())) {
      StoreException refusal = unknown;
      if (refusal == null) {
        try {
          authorizer.check(who, new Access.WatchKeys(watcher.getValue()));
        } catch (StoreException refused) {
          refusal = refused;
        }
      }
      if (refusal != null && !closed) {
        ending.put(watcher.getKey(), refusal);
        inner().cancel(watcher.getKey());
      }
    }
  }

  /** Who the caller is now: a user once found goes on to be it, whatever became of the token. */
  private Identity current(AuthView auth) {
    Identity known = cleared;
    if (known != null && known.kind() == Identity.Kind.USER) {
      return Identity.user(known.user(), auth.revision());
    }
    Identity found = admission.identity(context.caller(), auth);
    if (found.kind() == Identity.Kind.USER && !(context.caller() instanceof Caller.Anonymous)) {
      cleared = found;
    }
    return found;
  }

  // ---- to the client ----

  @Override
  public boolean isReady() {
    return sink.isReady();
  }

  @Override
  public void created(long watchId, long revision) {
    KeyRange range = asked.poll();
    if (range != null) {
      ranges.put(watchId, range);
    }
    sink.created(watchId, revision);
  }

  @Override
  public void refused(long revision, String reason) {
    asked.poll();
    sink.refused(revision, reason);
  }

  @Override
  public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
    sink.events(watchId, request, revision, events);
  }

  @Override
  public void progress(long watchId, long revision) {
    sink.progress(watchId, revision);
  }

  @Override
  public void canceled(long watchId, long revision, long compactRevision) {
    ranges.remove(watchId);
    StoreException reason = ending.remove(watchId);
    if (reason == null) {
      sink.canceled(watchId, revision, compactRevision);
    } else {
      sink.denied(watchId, revision, reason);
    }
  }

  @Override
  public void failed(StoreException failure) {
    end();
    sink.failed(failure);
  }
}
