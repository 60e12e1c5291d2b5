package dev.kvorum.apiserver.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.DeleteOptions;
import dev.kvorum.apiserver.registry.ListOptions;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.registry.Target;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ChangeFollower;
import dev.kvorum.apiserver.storage.StorageException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties namespaces that were deleted, and lets them go when nothing is in them any more (Kubernetes API: the finalizer
 * {@code kubernetes} of namespaces). Several servers on one store may do it at once. For all threads.
 */
public final class NamespaceCleaner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NamespaceCleaner.class);
  private static final String MANAGER = "kvorum";
  private static final String FINALIZER = "kubernetes";
  private static final int NOT_FOUND = 404;
  private static final long RETRY_MILLIS = 500;

  private final Registry registry;
  private final Resource namespaces;
  private final Supplier<List<Resource>> contents;
  private final InstantSource clock;
  private final Executor workers;
  private final ScheduledExecutorService timer;
  private final ChangeFollower follower;
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Makes one; it begins with {@link #start}.
   *
   * @param namespaces the resource
   * @param contents the resources whose objects are in namespaces, as of now, each once
   * @param serial runs its tasks one after the other
   */
  public NamespaceCleaner(
      Registry registry,
      BlockingStore store,
      Resource namespaces,
      Supplier<List<Resource>> contents,
      InstantSource clock,
      Executor serial,
      Executor workers,
      ScheduledExecutorService timer) {
    this.registry = registry;
    this.namespaces = namespaces;
    this.contents = contents;
    this.clock = clock;
    this.workers = workers;
    this.timer = timer;
    follower = new ChangeFollower(
        store,
        namespaces.keys(),
        serial,
        timer,
        change -> {
          if (change.value() != null) {
            String key = change.key().toUtf8();
            begin(key.substring(namespaces.keys().prefix().length()));
          }
        },
        () -> workers.execute(this::start));
  }

  /** Looks at all namespaces, and follows what becomes of them. */
  public void start() {
    try {
      var all = registry.list(namespaces, "", ListOptions.ALL);
      all.objects().forEach(each -> begin(Metadata.name(each)));
      follower.follow(all.revision());
    } catch (StatusException | StorageException e) {
      log.warn("namespaces cannot be listed: {}", e.getMessage());
      later(this::start);
    }
  }

  private void begin(String name) {
    if (waiting.add(name)) {
      workers.execute(() -> clean(name));
    }
  }

  private void clean(String name) {
    waiting.remove(name); // what is heard from now on may be newer than what is read
    try {
      ObjectNode namespace = registry.get(new Target(namespaces, "", name, ""), "");
      if (Metadata.isTerminating(namespace) && isHeld(namespace)) {
        if (!isEmptied(name)) {
          later(() -> begin(name));
          return;
        }
        release(name);
      }
    } catch (StatusException e) {
      if (e.status().code() != NOT_FOUND) {
        log.warn("the namespace {} is not empty yet: {}", name, e.getMessage());
        later(() -> begin(name));
      }
    } catch (StorageException e) {
      later(() -> begin(name));
    }
  }

  private static boolean isHeld(JsonNode namespace) {
    for (JsonNode each : namespace.path("spec").path("finalizers")) {
      if (each.asText().equals(FINALIZER)) {
        return true;
      }
    }
    return false;
  }

  /** Deletes what is in a namespace; says whether nothing is left. */
  private boolean isEmptied(String name) {
    boolean empty = true;
    for (Resource resource : contents.get()) {
      if (holdsAny(resource, name)) {
        registry.deleteCollection(resource, name, ListOptions.ALL, DeleteOptions.NONE, change());
        empty &= !holdsAny(resource, name);
      }
    }
    return empty;
  }

  private boolean holdsAny(Resource resource, String name) {
    return !registry.list(resource, name, ListOptions.ANY).objects().isEmpty();
  }

  private void release(String name) {
    registry.update(
        new Target(namespaces, "", name, "finalize"),
        namespace -> {
          if (namespace.path("spec").path("finalizers") instanceof ArrayNode finalizers) {
            for (int i = finalizers.size() - 1; i >= 0; i--) {
              if (finalizers.get(i).asText().equals(FINALIZER)) {
                finalizers.remove(i);
              }
            }
          }
          return namespace;
        },
        change());
  }

  private Change change() {
    return new Change(MANAGER, false, clock.instant());
  }

  private void later(Runnable task) {
    if (!closed) {
      var unused = timer.schedule(() -> workers.execute(task), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    closed = true;
    follower.close();
  }
}
