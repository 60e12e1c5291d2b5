package dev.kvorum.grpc.recipe;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.StoreException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Everybody who waits for a turn on this member. Bounded: one more than that is refused. Thread-safe. */
final class Waits {
  private static final int MAX_WAITING = 100_000;

  private final KvStore store;
  private final Set<Turn> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Waits(KvStore store) {
    this.store = store;
  }

  /** Begins to wait until nobody in {@code line} is older than {@code createRevision}. */
  Turn turn(Line line, long createRevision, CallContext context) {
    if (waiting.size() >= MAX_WAITING) {
      throw StoreException.of(StoreException.Kind.TOO_MANY_REQUESTS);
    }
    Turn turn = new Turn(store, line, createRevision, context);
    waiting.add(turn);
    CompletableFuture<?> over = turn.come();
    var unused = over.whenComplete((nothing, failure) -> waiting.remove(turn));
    if (closed) {
      turn.stop();
    } else {
      turn.start();
    }
    return turn;
  }

  int count() {
    return waiting.size();
  }

  /** Nobody's turn will come any more. */
  void close() {
    closed = true;
    waiting.forEach(Turn::stop);
  }
}
