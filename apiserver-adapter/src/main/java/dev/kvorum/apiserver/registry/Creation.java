package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ObjectStore.Guard;
import dev.kvorum.apiserver.storage.ObjectStore.Outcome;
import dev.kvorum.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Adds objects. */
final class Creation {
  private static final int NAME_TRIES = 8;
  private static final int GUARD_TRIES = 5;

  private final BlockingStore store;
  private final Namespaces namespaces;
  private final RandomGenerator random;

  Creation(BlockingStore store, Namespaces namespaces, RandomGenerator random) {
    this.store = store;
    this.namespaces = namespaces;
    this.random = random;
  }

  /**
   * Adds an object.
   *
   * @param namespace of the path; empty if it names none
   * @param sent regular, in the version of the path; is changed
   */
  ObjectNode create(Resource resource, String namespace, ObjectNode sent, Change change) {
    placeIn(resource, namespace, sent);
    ObjectNode owned = Owners.updated(
        new Target(resource, namespace, Metadata.name(sent), ""),
        resource.form().blank(),
        sent,
        change);
    return add(resource, namespace, resource.form().toStored(owned), change);
  }

  /**
   * Adds an object whose owners are in it.
   *
   * @param object in the version in which it is stored; is changed
   * @return in the version of the path
   */
  ObjectNode add(Resource resource, String namespace, ObjectNode object, Change change) {
    String prefix = Metadata.text(object, "generateName");
    boolean generated = Metadata.name(object).isEmpty() && !prefix.isEmpty();
    for (int attempt = 1; ; attempt++) {
      ObjectNode candidate = object.deepCopy();
      if (generated) {
        Metadata.in(candidate).put("name", GeneratedNames.name(prefix, random));
      }
      String name = Metadata.name(candidate);
      prepare(resource, candidate, change);
      check(resource, candidate);
      Outcome outcome = put(resource, namespace, candidate, change);
      if (outcome.done()) {
        if (!change.dryRun()) {
          Metadata.setRevision(candidate, outcome.revision());
        }
        return resource.form().fromStored(candidate);
      }
      if (!generated) {
        throw new StatusException(alreadyExists(resource, name, outcome));
      }
      if (attempt == NAME_TRIES) {
        throw new StatusException(Status.generatedNameExists(resource.name(), name));
      }
    }
  }

  private static Status alreadyExists(Resource resource, String name, Outcome outcome) {
    Status status = Status.alreadyExists(resource.name(), name);
    return outcome.object() != null && Metadata.isTerminating(StoredJson.read(outcome.object()))
        ? status.withPrefix("object is being deleted: ")
        : status;
  }

  /** Checks the namespace that an object says, or says it for it. */
  static void placeIn(Resource resource, String namespace, ObjectNode object) {
    if (!resource.type().namespaced()) {
      Metadata.set(object, "namespace", null);
      return;
    }
    String said = Metadata.namespace(object);
    if (said.isEmpty()) {
      Metadata.in(object).put("namespace", namespace);
    } else if (!said.equals(namespace)) {
      throw new StatusException(Status.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request"));
    }
  }

  private static void prepare(Resource resource, ObjectNode object, Change change) {
    ObjectNode metadata = Metadata.in(object);
    metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"));
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Metadata.time(change.now()));
    if (resource.strategy().traits().numbered()) {
      metadata.put("generation", 1);
    }
    if (resource.hasStatus() && !resource.strategy().traits().keepsStatus()) {
      dropStatus(resource, object);
    }
    resource.strategy().prepareForCreate(object, change);
  }

  private static void dropStatus(Resource resource, ObjectNode object) {
    JsonNode empty = resource.form().blank().get("status");
    if (empty == null) {
      object.remove("status");
    } else {
      object.set("status", empty);
    }
  }

  private static void check(Resource resource, ObjectNode object) {
    List<FieldError> errors = new ArrayList<>(MetadataRules.check(
        object, resource.type().namespaced(), resource.strategy().nameRule()));
    errors.addAll(resource.strategy().validate(object));
    if (!errors.isEmpty()) {
      GroupVersionKind said =
          GroupVersionKind.of(resource.kind().apiVersion(), object.path("kind").asText(""));
      throw new StatusException(Status.invalid(said, Metadata.name(object), errors));
    }
    String version = Metadata.resourceVersion(object);
    if (!version.isEmpty() && !version.equals("0")) {
      throw new StatusException(
          Status.failure("resourceVersion should not be set on objects to be created"));
    }
    Metadata.set(object, "resourceVersion", null);
  }

  private Outcome put(Resource resource, String namespace, ObjectNode object, Change change) {
    String name = Metadata.name(object);
    Guard guard =
        namespace.isEmpty() ? Guard.NONE : namespaces.guard(namespace, resource.name(), name);
    Bytes key = resource.keys().key(namespace, name);
    if (change.dryRun()) {
      Outcome found = store.get(key);
      return new Outcome(found.object() == null, found.object(), found.revision());
    }
    Bytes value = StoredJson.write(object);
    long seconds = resource.strategy().timeToLiveSeconds(object);
    long lease = seconds == 0 ? 0 : store.lease(seconds);
    for (int attempt = 1; ; attempt++) {
      Outcome outcome = store.create(key, value, lease, guard);
      if (outcome.done() || outcome.object() != null || attempt == GUARD_TRIES) {
        return outcome;
      }
      guard = namespaces.renew(namespace, resource.name(), name);
    }
  }
}
