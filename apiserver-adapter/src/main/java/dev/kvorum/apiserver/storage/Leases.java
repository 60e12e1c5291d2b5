package dev.kvorum.apiserver.storage;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.LeaseGrant;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The leases of objects that end by themselves. Objects that come within a minute share one, so that there are few; each
 * lives up to that minute longer than it was asked for.
 */
final class Leases {
  private static final Duration SHARED = Duration.ofMinutes(1);

  private record Granted(CompletableFuture<Long> id, long nanos) {}

  private final KvStore store;
  private final Map<Long, Granted> latest = new HashMap<>(); // by seconds; guarded by this

  Leases(KvStore store) {
    this.store = store;
  }

  CompletableFuture<Long> forObjects(long seconds, CallContext context) {
    synchronized (this) {
      Granted shared = latest.get(seconds);
      if (shared != null
          && System.nanoTime() - shared.nanos < SHARED.toNanos()
          && !shared.id.isCompletedExceptionally()) {
        return shared.id;
      }
      CompletableFuture<Long> id = store
          .leaseGrant(seconds + SHARED.toSeconds(), 0, context.withoutDeadline())
          .thenApply(LeaseGrant::id);
      latest.put(seconds, new Granted(id, System.nanoTime()));
      return id;
    }
  }
}
