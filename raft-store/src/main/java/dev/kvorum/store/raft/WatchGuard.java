package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.auth.AuthView;
import dev.kvorum.store.watch.WatchHub;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Sees to it that watchers see only what their callers may: checks them when they are made and, other than etcd, again
 * whenever the auth state has changed. Any thread.
 */
final class WatchGuard {
  private final WatchHub hub;
  private final Admission admission;
  private final Supplier<Applier> applier;
  private final Set<GuardedWatchStream> streams = ConcurrentHashMap.newKeySet();
  private volatile AuthView checked;

  WatchGuard(WatchHub hub, Admission admission, Supplier<Applier> applier) {
    this.hub = hub;
    this.admission = admission;
    this.applier = applier;
    checked = applier.get().auth();
  }

  WatchStream open(CallContext context, WatchSink sink) {
    GuardedWatchStream stream =
        new GuardedWatchStream(context, sink, admission, applier, streams::remove);
    streams.add(stream);
    stream.opened(hub.open(context.executor(), stream));
    return stream;
  }

  /** Has every stream look again if the auth state has changed; to be called a few times a second by one thread. */
  void tick() {
    AuthView now = applier.get().auth();
    if (!now.equals(checked)) {
      checked = now;
      streams.forEach(GuardedWatchStream::recheckSoon);
    }
  }
}
