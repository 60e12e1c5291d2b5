package dev.kvorum.apiserver.storage;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Compare;
import dev.kvorum.store.Compare.Relation;
import dev.kvorum.store.Compare.Target;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes objects, one transaction a time. Thread-safe. What the store refuses comes as its {@link
 * StoreException}, what the objects refuse as a {@link StorageException}.
 */
public final class ObjectStore {
  private final KvStore store;
  private final Leases leases;

  public ObjectStore(KvStore store) {
    this.store = store;
    leases = new Leases(store);
  }

  /**
   * Another object without which one is not to be added.
   *
   * @param key of the other one; empty if there is none
   * @param revision of its last change, which must still be it
   */
  public record Guard(Bytes key, long revision) {
    public static final Guard NONE = new Guard(Bytes.EMPTY, 0);
  }

  /**
   * What came of a change.
   *
   * @param done whether it was made
   * @param object after it, or, if it was not made, as it stands against it; null if there is none: then, if it was not
   *     made, its guard stands against it
   * @param revision of the store at that moment; of the change, if it was made
   */
  public record Outcome(boolean done, @Nullable Stored object, long revision) {}

  /** The latest state of an object, as of some moment after the call; its object is null if there is none. */
  public CompletableFuture<Outcome> get(Bytes key, CallContext context) {
    return store
        .range(RangeRequest.latest(KeyRange.single(key)), context)
        .thenApply(found -> new Outcome(true, first(found), found.revision()));
  }

  /**
   * Adds an object where there is none.
   *
   * @param lease with which it ends; 0 for none
   * @param guard must be as it says, at the moment when the object is added
   */
  public CompletableFuture<Outcome> create(
      Bytes key, Bytes value, long lease, Guard guard, CallContext context) {
    List<Compare> compares = new ArrayList<>();
    compares.add(compare(key, 0));
    if (!guard.key.isEmpty()) {
      compares.add(compare(guard.key, guard.revision));
    }
    RangeRequest current = RangeRequest.latest(KeyRange.single(key));
    return store
        .txn(new TxnRequest(compares, List.of(put(key, value, lease)), List.of(current)), context)
        .thenApply(result -> outcome(result, key, value));
  }

  /** A lease that ends not before an object of that age should; shared by the objects of about a minute. */
  public CompletableFuture<Long> lease(long seconds, CallContext context) {
    return leases.forObjects(seconds, context);
  }

  /**
   * Replaces an object, if it is still the one of {@code revision}.
   *
   * @param lease with which it ends; 0 for none
   */
  public CompletableFuture<Outcome> update(
      Bytes key, long revision, Bytes value, long lease, CallContext context) {
    RangeRequest current = RangeRequest.latest(KeyRange.single(key));
    return store
        .txn(
            new TxnRequest(
                List.of(compare(key, revision)), List.of(put(key, value, lease)), List.of(current)),
            context)
        .thenApply(result -> outcome(result, key, value));
  }

  /** Deletes an object, if it is still the one of {@code revision}. Afterwards there is no object. */
  public CompletableFuture<Outcome> delete(Bytes key, long revision, CallContext context) {
    DeleteRequest delete = new DeleteRequest(KeyRange.single(key), false);
    Compare unchanged = compare(key, revision);
    RangeRequest current = RangeRequest.latest(KeyRange.single(key));
    return store
        .txn(new TxnRequest(List.of(unchanged), List.of(delete), List.of(current)), context)
        .thenApply(result -> result.succeeded()
            ? new Outcome(true, null, ((DeleteResult) result.results().getFirst()).revision())
            : refused(result));
  }

  private static PutRequest put(Bytes key, Bytes value, long lease) {
    return new PutRequest(key, value, lease, false, false, false);
  }

  /** That the object is the one of {@code revision}; at 0, that there is none. */
  private static Compare compare(Bytes key, long revision) {
    return new Compare(KeyRange.single(key), Target.MOD, Relation.EQUAL, revision, Bytes.EMPTY);
  }

  private static Outcome outcome(TxnResult result, Bytes key, Bytes value) {
    return result.succeeded()
        ? new Outcome(true, new Stored(key, value, result.revision()), result.revision())
        : refused(result);
  }

  private static Outcome refused(TxnResult result) {
    return new Outcome(false, first((RangeResult) result.results().getFirst()), result.revision());
  }

  private static @Nullable Stored first(RangeResult found) {
    return found.keyValues().isEmpty() ? null : stored(found.keyValues().getFirst());
  }

  private static Stored stored(KeyValue found) {
    return new Stored(found.key(), found.value(), found.modRevision());
  }

  /**
   * Lists objects.
   *
   * @param namespace empty for those of all
   * @param revision exactly at which; 0 for the latest. Not with a token, which has its own
   * @param limit the most objects of a page; 0 for all
   * @param token where the pages before have ended; empty for the first one
   */
  public CompletableFuture<ObjectList> list(
      StorageKeys keys,
      String namespace,
      long revision,
      long limit,
      String token,
      CallContext context) {
    String prefix = keys.below(namespace);
    KeyRange all = keys.range(namespace);
    if (token.isEmpty()) {
      return page(keys, namespace, all, revision, limit, context).exceptionally(failure -> {
        throw isCompacted(failure)
            ? new StorageException(
                StorageException.Kind.EXPIRED,
                "The resourceVersion for the provided list is too old.",
                "")
            : new CompletionException(unwrapped(failure));
      });
    }
    ContinueToken from;
    try {
      from = ContinueToken.decode(token);
    } catch (ContinueToken.Unreadable e) {
      return CompletableFuture.failedFuture(new StorageException(
          StorageException.Kind.BAD_CONTINUE_TOKEN, String.valueOf(e.getMessage()), ""));
    }
    KeyRange rest = new KeyRange(Bytes.utf8(prefix + from.start()), all.rangeEnd());
    long at = from.revision() == ContinueToken.LATEST ? 0 : from.revision();
    return page(keys, namespace, rest, at, limit, context).exceptionally(failure -> {
      throw isCompacted(failure) ? expired(from) : new CompletionException(unwrapped(failure));
    });
  }

  /**
   * Tells of the changes of a resource's objects.
   *
   * @param namespace empty for those of all
   * @param from the first revision of interest; 0 for the first one after now
   * @param executor runs its tasks one after the other; this is called on it
   */
  public ChangeStream changes(
      StorageKeys keys, String namespace, long from, Executor executor, ChangeListener listener) {
    return ChangeStream.open(store, keys.range(namespace), from, executor, listener);
  }

  /** The store's revision, as it is known here: another may be newer. Never waits. */
  public long knownRevision() {
    return store.revision();
  }

  /** With what a list goes on after one of its objects. */
  public static String tokenAfter(StorageKeys keys, String namespace, long revision, Stored last) {
    return ContinueToken.after(
            revision, last.key().toUtf8().substring(keys.below(namespace).length()))
        .encode();
  }

  private CompletableFuture<ObjectList> page(
      StorageKeys keys,
      String namespace,
      KeyRange range,
      long revision,
      long limit,
      CallContext context) {
    return store.range(RangeRequest.of(range, revision, limit), context).thenApply(found -> {
      List<Stored> objects = new ArrayList<>(found.keyValues().size());
      found.keyValues().forEach(each -> objects.add(stored(each)));
      // A list says at which revision it is, also if that was not the latest any more.
      long at = revision == 0 ? found.revision() : revision;
      String next = found.more() ? tokenAfter(keys, namespace, at, objects.getLast()) : "";
      return new ObjectList(objects, at, next, found.count() - objects.size());
    });
  }

  private static StorageException expired(ContinueToken token) {
    return new StorageException(
        StorageException.Kind.CONTINUE_EXPIRED,
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
            + "without the continue parameter, or use the continue token in this response to retrieve the remainder "
            + "of the results. Continuing with the provided token results in an inconsistent list - objects that "
            + "were created, modified, or deleted between the time the first chunk was returned and now may show up "
            + "in the list.",
        new ContinueToken(ContinueToken.LATEST, token.start()).encode());
  }

  private static boolean isCompacted(Throwable failure) {
    return unwrapped(failure) instanceof StoreException refused
        && refused.kind() == StoreException.Kind.COMPACTED;
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
