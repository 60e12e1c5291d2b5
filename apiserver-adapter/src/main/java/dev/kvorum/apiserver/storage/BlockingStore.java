package dev.kvorum.apiserver.storage;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An {@link ObjectStore} for callers that wait, each on a thread that may block. All failures are {@link
 * StorageException}s.
 */
public final class BlockingStore {
  private final ObjectStore store;
  private final Duration patience;

  /**
   * Makes one.
   *
   * @param patience how long a call may take
   */
  public BlockingStore(ObjectStore store, Duration patience) {
    this.store = store;
    this.patience = patience;
  }

  public ObjectStore.Outcome get(Bytes key) {
    return await(context -> store.get(key, context));
  }

  /** See {@link ObjectStore#create}. */
  public ObjectStore.Outcome create(Bytes key, Bytes value, long lease, ObjectStore.Guard guard) {
    return await(context -> store.create(key, value, lease, guard, context));
  }

  /** See {@link ObjectStore#update}. */
  public ObjectStore.Outcome update(Bytes key, long revision, Bytes value, long lease) {
    return await(context -> store.update(key, revision, value, lease, context));
  }

  /** See {@link ObjectStore#delete}. */
  public ObjectStore.Outcome delete(Bytes key, long revision) {
    return await(context -> store.delete(key, revision, context));
  }

  /** See {@link ObjectStore#list}. */
  public ObjectList list(
      StorageKeys keys, String namespace, long revision, long limit, String token) {
    return await(context -> store.list(keys, namespace, revision, limit, token, context));
  }

  /** A lease for objects that live so long, and at most a little longer. */
  public long lease(long seconds) {
    return await(context -> store.lease(seconds, context));
  }

  /** See {@link ObjectStore#changes}. */
  public ChangeStream changes(
      StorageKeys keys, String namespace, long from, Executor executor, ChangeListener listener) {
    return store.changes(keys, namespace, from, executor, listener);
  }

  /** See {@link ObjectStore#knownRevision}. */
  public long knownRevision() {
    return store.knownRevision();
  }

  private <T> T await(Function<CallContext, CompletableFuture<T>> call) {
    long deadline = System.nanoTime() + patience.toNanos();
    CompletableFuture<T> future = call.apply(new CallContext(Runnable::run, deadline));
    try {
      return future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(StorageException.Kind.UNKNOWN, "interrupted", "");
    } catch (TimeoutException e) {
      throw new StorageException(StorageException.Kind.UNKNOWN, "the store does not answer", "");
    } catch (CancellationException e) {
      throw new StorageException(StorageException.Kind.UNAVAILABLE, "the store is closing", "");
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case null -> new IllegalStateException("a call failed without a reason");
      case StorageException known -> known;
      case StoreException refused -> translated(refused);
      case RuntimeException other -> other;
      default -> new IllegalStateException(cause);
    };
  }

  private static StorageException translated(StoreException refused) {
    return switch (refused.kind()) {
      case REQUEST_TOO_LARGE ->
        new StorageException(
            StorageException.Kind.TOO_LARGE, "etcdserver: request is too large", "");
      case TOO_MANY_REQUESTS ->
        new StorageException(
            StorageException.Kind.BUSY, "the store has too many requests waiting", "");
      case FUTURE_REVISION ->
        new StorageException(
            StorageException.Kind.FUTURE, "the store has not come to that revision", "");
      default ->
        new StorageException(
            refused.outcome() == StoreException.Outcome.NOT_APPLIED
                ? StorageException.Kind.UNAVAILABLE
                : StorageException.Kind.UNKNOWN,
            "the store says " + refused.kind(),
            "");
    };
  }
}
