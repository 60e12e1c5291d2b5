package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ObjectStore.Guard;
import dev.kvorum.apiserver.storage.StorageKeys;
import dev.kvorum.apiserver.storage.Stored;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a namespace takes new objects. What is known of one is kept, and every creation is made on the condition that it
 * still holds: so nothing comes into a namespace that is gone or going, and nothing has to be read for it.
 */
final class Namespaces {
  /** More names than this are not remembered. */
  private static final int MAX_KNOWN = 10_000;

  private static final StorageKeys KEYS = StorageKeys.builtIn(new GroupResource("", "namespaces"));

  private final BlockingStore store;
  private final ConcurrentHashMap<String, Guard> known = new ConcurrentHashMap<>();

  Namespaces(BlockingStore store) {
    this.store = store;
  }

  /**
   * On what condition a new object may come into a namespace.
   *
   * @throws StatusException if it may not
   */
  Guard guard(String namespace, GroupResource resource, String name) {
    Guard guard = known.get(namespace);
    return guard == null ? look(namespace, resource, name) : guard;
  }

  /** Forgets a condition that did not hold, and looks again. */
  Guard renew(String namespace, GroupResource resource, String name) {
    known.remove(namespace);
    return look(namespace, resource, name);
  }

  private Guard look(String namespace, GroupResource resource, String name) {
    Stored found = store.get(KEYS.key("", namespace)).object();
    if (found == null) {
      throw new StatusException(Status.notFound(new GroupResource("", "namespaces"), namespace));
    }
    JsonNode object = StoredJson.read(found);
    if (Metadata.isTerminating(object)
        || object.path("status").path("phase").asText("").equals("Terminating")) {
      throw new StatusException(Status.namespaceTerminating(resource, name, namespace));
    }
    Guard guard = new Guard(found.key(), found.revision());
    if (known.size() < MAX_KNOWN) {
      known.put(namespace, guard);
    }
    return guard;
  }
}
