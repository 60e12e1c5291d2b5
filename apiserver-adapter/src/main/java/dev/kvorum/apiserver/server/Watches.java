package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.codec.BodyEncoder;
import dev.kvorum.apiserver.codec.MediaType;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponder;
import dev.kvorum.apiserver.http.HttpStream;
import dev.kvorum.apiserver.http.QueryParameters;
import dev.kvorum.apiserver.registry.ListOptions;
import dev.kvorum.apiserver.registry.Listed;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.StorageException;
import dev.kvorum.apiserver.storage.StorageKeys;
import dev.kvorum.apiserver.watch.EventType;
import dev.kvorum.apiserver.watch.WatchCache;
import dev.kvorum.apiserver.watch.WatchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Watches (Kubernetes API, "Efficient detection of changes"). For all threads. */
final class Watches implements AutoCloseable {
  /** Without a time of its own, a watch ends after between one and two of these: clients come back at different times. */
  private static final Duration USUAL = Duration.ofMinutes(30);

  private static final Duration BOOKMARKS = Duration.ofSeconds(30);
  private static final int PAGE = 500;

  private final Registry registry;
  private final BlockingStore store;
  private final Answers answers;
  private final BodyEncoder encoder;
  private final Supplier<Executor> serials;
  private final ScheduledExecutorService timer;
  private final ConcurrentHashMap<StorageKeys, WatchCache> caches = new ConcurrentHashMap<>();

  /**
   * Makes them.
   *
   * @param serials each runs its tasks one after the other
   */
  Watches(
      Registry registry,
      BlockingStore store,
      Answers answers,
      BodyEncoder encoder,
      Supplier<Executor> serials,
      ScheduledExecutorService timer) {
    this.registry = registry;
    this.store = store;
    this.answers = answers;
    this.encoder = encoder;
    this.serials = serials;
    this.timer = timer;
    ScheduledFuture<?> unused = timer.scheduleAtFixedRate(
        () -> caches.values().forEach(WatchCache::bookmarks),
        BOOKMARKS.toMillis(),
        BOOKMARKS.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /**
   * How a watch begins.
   *
   * @param initial whether the objects that are there come first
   * @param marked whether the end of these is told
   * @param after everything up to this has been seen; 0 for now
   */
  private record Beginning(boolean initial, boolean marked, long after) {}

  /** Begins to tell a client. */
  void open(HttpRequest request, RequestInfo info, Resource resource, HttpResponder responder) {
    if (!resource.type().verbs().contains("watch")) {
      throw new StatusException(Status.methodNotSupported(resource.name(), "watch"));
    }
    ListOptions options = Parameters.list(request, resource);
    Beginning beginning = beginning(request.query(), options);
    Wanted wanted = answers.wanted(request, resource, true);
    WatchEncoding encoding = new WatchEncoding(wanted, encoder);
    boolean bookmarks = RequestInfo.isTrue(request.query().first("allowWatchBookmarks"));
    WatchRequest watch = new WatchRequest(
        info.namespace().isEmpty() && resource.type().namespaced()
            ? orEmpty(options.fields().exact("metadata.namespace"))
            : info.namespace(),
        info.name().isEmpty() ? orEmpty(options.fields().exact("metadata.name")) : info.name(),
        filter(resource, options, info.namespace()),
        encoding,
        bookmarks);
    String type = wanted.form().type() == MediaType.PROTOBUF
        ? MediaType.PROTOBUF + ";stream=watch"
        : MediaType.JSON.toString();
    long seconds = Parameters.number(request.query(), "timeoutSeconds");
    HttpStream stream = responder.open(
        200, HttpFields.of("Content-Type", type, "Cache-Control", "no-cache, private"));
    limit(stream, seconds);
    try {
      begin(resource, watch, options, beginning, stream);
    } catch (StatusException e) {
      stream.send(encoding.error(e.status()));
      stream.close();
    } catch (StorageException e) {
      stream.close(); // the client comes back
    }
  }

  private void begin(
      Resource resource,
      WatchRequest watch,
      ListOptions options,
      Beginning beginning,
      HttpStream stream) {
    WatchCache cache = caches.computeIfAbsent(
        resource.keys(),
        keys -> new WatchCache(store, keys, Registry::stored, serials.get(), timer));
    if (!beginning.initial) {
      cache.watch(watch, stream, beginning.after > 0 ? beginning.after : latest(resource), false);
      return;
    }
    long at = tellInitial(resource, watch, options, stream);
    if (beginning.marked && watch.bookmarks()) {
      stream.send(watch.encoding().bookmark(at, true));
    }
    cache.watch(watch, stream, at, true);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** What of the selectors the place of an object in the store does not settle; null if nothing. */
  private static @Nullable Predicate<ObjectNode> filter(
      Resource resource, ListOptions options, String namespace) {
    boolean settled = options.labels().isEverything()
        && options.fields().requirements().stream()
            .allMatch(each -> each.equal()
                && (each.field().equals("metadata.name")
                    || (each.field().equals("metadata.namespace") && namespace.isEmpty())));
    return settled ? null : object -> Registry.matches(resource, options, object);
  }

  private static Beginning beginning(QueryParameters query, ListOptions options) {
    String asked = query.first("sendInitialEvents");
    long after = Registry.revision(options.resourceVersion());
    List<FieldError> errors = new ArrayList<>();
    if (!options.token().isEmpty()) {
      errors.add(FieldError.forbidden("continue", "continue is forbidden for watch"));
    }
    if (asked == null) {
      if (!options.match().isEmpty()) {
        errors.add(FieldError.forbidden(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        if (!options.match().equals("NotOlderThan")) {
          errors.add(FieldError.notSupported(
              "resourceVersionMatch", TextNode.valueOf(options.match()), List.of("NotOlderThan")));
        }
      }
      refuse(errors);
      return new Beginning(after == 0, false, after);
    }
    if (options.match().isEmpty()) {
      errors.add(FieldError.forbidden(
          "resourceVersionMatch",
          "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
    } else if (!options.match().equals("NotOlderThan")) {
      errors.add(FieldError.notSupported(
          "resourceVersionMatch", TextNode.valueOf(options.match()), List.of("NotOlderThan")));
    }
    refuse(errors);
    boolean initial = RequestInfo.isTrue(asked);
    return new Beginning(initial, initial, after);
  }

  private static void refuse(List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw new StatusException(Status.invalid(Parameters.options("ListOptions"), "", errors));
    }
  }

  /** The store's revision, as of some moment after the call. */
  private long latest(Resource resource) {
    return store.get(resource.keys().key("", "\0")).revision();
  }

  private void limit(HttpStream stream, long seconds) {
    long millis = seconds > 0
        ? TimeUnit.SECONDS.toMillis(seconds)
        : USUAL.toMillis() + ThreadLocalRandom.current().nextLong(USUAL.toMillis());
    ScheduledFuture<?> end = timer.schedule(stream::close, millis, TimeUnit.MILLISECONDS);
    stream.onClosed(() -> end.cancel(false));
  }

  /** Tells of the objects that are there, page by page as the client takes them; returns their revision. */
  private long tellInitial(
      Resource resource, WatchRequest watch, ListOptions options, HttpStream stream) {
    Room room = new Room(stream);
    String token = "";
    boolean first = true;
    while (true) {
      ListOptions page = new ListOptions(options.labels(), options.fields(), PAGE, token, "", "");
      Listed listed = registry.list(resource, watch.namespace(), page);
      for (ObjectNode object : listed.objects()) {
        if (!room.await()) {
          return listed.revision();
        }
        stream.send(watch.encoding().event(EventType.ADDED, object, first));
        first = false;
      }
      if (listed.next().isEmpty()) {
        return listed.revision();
      }
      token = listed.next();
    }
  }

  /** Waits on a thread that may block until a stream has room. */
  private static final class Room {
    private final HttpStream stream;
    private final Semaphore signal = new Semaphore(0);
    private volatile boolean closed;

    Room(HttpStream stream) {
      this.stream = stream;
      stream.onReady(signal::release);
      stream.onClosed(() -> {
        closed = true;
        signal.release();
      });
    }

    /** Whether there is room now, rather than nobody any more. */
    boolean await() {
      while (!closed && !stream.isReady()) {
        try {
          signal.acquire();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      return !closed;
    }
  }

  @Override
  public void close() {
    caches.values().forEach(WatchCache::close);
  }
}
