package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ObjectStore.Outcome;
import dev.kvorum.apiserver.storage.Stored;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes objects that are there, each only as it was seen. */
final class Updating {
  static final String MODIFIED =
      "the object has been modified; please apply your changes to the latest version and try again";

  /** More tries than this are not made against others who change the object all the time. */
  private static final int MAX_TRIES = 100;

  private final BlockingStore store;
  private final Creation creation;

  Updating(BlockingStore store, Creation creation) {
    this.store = store;
    this.creation = creation;
  }

  /** What a client makes of an object. */
  interface Updater {
    /**
     * The object as it shall be, in the version of the path, with the owners of its fields. Is called again when somebody
     * else was faster.
     *
     * @param current in the version of the path; null if there is none. May be changed
     */
    ObjectNode update(@Nullable ObjectNode current);
  }

  /**
   * How an update is meant.
   *
   * @param create whether to add an object that is not there
   * @param uid that the object must have; empty if any will do
   * @param tries how often to begin again when somebody else was faster
   */
  record Terms(boolean create, String uid, int tries) {
    static final Terms REPLACE = new Terms(false, "", MAX_TRIES);
  }

  Written update(Target target, Updater updater, Terms terms, Change change) {
    Stored stored = store.get(target.key()).object();
    for (int attempt = 1; ; attempt++) {
      if (stored == null) {
        if (!terms.create) {
          throw target.notFound();
        }
        return create(target, updater, change);
      }
      ObjectNode old = StoredJson.read(stored);
      ObjectNode updated = updater.update(target.resource().form().fromStored(old.deepCopy()));
      checkUid(target, terms.uid, old);
      checkVersion(target, updated, stored.revision());
      ObjectNode object = target.resource().form().toStored(updated);
      prepare(target, object, old, change);
      check(target, object, old);
      Outcome outcome = write(target, object, old, stored, change);
      if (outcome.done()) {
        return new Written(target.resource().form().fromStored(object), false);
      }
      if (attempt >= terms.tries) {
        throw target.conflict(MODIFIED);
      }
      stored = outcome.object();
    }
  }

  private Written create(Target target, Updater updater, Change change) {
    Resource resource = target.resource();
    ObjectNode added = updater.update(null);
    String said = Metadata.name(added);
    if (said.isEmpty()) {
      Metadata.in(added).put("name", target.name());
    }
    Creation.placeIn(resource, target.namespace(), added);
    return new Written(
        creation.add(resource, target.namespace(), resource.form().toStored(added), change), true);
  }

  private static void checkUid(Target target, String uid, ObjectNode old) {
    if (!uid.isEmpty() && !uid.equals(Metadata.uid(old))) {
      throw target.conflict(
          "StorageError: invalid object, Code: 4, Key: " + target.key().toUtf8()
              + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
              + uid + ", UID in object meta: " + Metadata.uid(old));
    }
  }

  /** Checks which state of the object the client has seen; if it may not say, it is the latest. */
  private static void checkVersion(Target target, ObjectNode updated, long revision) {
    long seen = revision(Metadata.resourceVersion(updated));
    if (seen == 0 && target.resource().strategy().traits().unconditionalUpdate()) {
      Metadata.setRevision(updated, revision);
      return;
    }
    if (seen == 0) {
      Resource resource = target.resource();
      GroupVersionKind named = new GroupVersionKind(
          new GroupVersion(resource.name().group(), ""), resource.name().resource());
      throw new StatusException(Status.invalid(
          named,
          target.name(),
          List.of(FieldError.invalid(
              "metadata.resourceVersion", IntNode.valueOf(0), "must be specified for an update"))));
    }
    if (seen != revision) {
      throw target.conflict(MODIFIED);
    }
  }

  /** A resource version as a number; 0 if it is empty. */
  static long revision(String version) {
    if (version.isEmpty()) {
      return 0;
    }
    try {
      long revision = Long.parseLong(version);
      if (revision >= 0 && version.charAt(0) != '+') {
        return revision;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new StatusException(
        Status.failure("strconv.ParseUint: parsing \"" + version + "\": invalid syntax"));
  }

  private static void prepare(Target target, ObjectNode object, ObjectNode old, Change change) {
    Resource resource = target.resource();
    Creation.placeIn(resource, target.namespace(), object);
    if (target.subresource().equals("status") || target.subresource().equals("approval")) {
      keepAllButStatus(resource, object, old);
    } else if (target.subresource().equals("finalize")) {
      keepAllButFinalizers(object, old);
    } else if (target.subresource().isEmpty() && resource.hasStatus()) {
      keep(object, old, "status");
    }
    Metadata.copy(object, old, "generation");
    if (target.subresource().isEmpty() || target.subresource().equals("scale")) {
      resource.strategy().prepareForUpdate(object, old, change);
      if (resource.strategy().traits().numbered() && counts(resource, object, old)) {
        Metadata.in(object).put("generation", Metadata.generation(old) + 1);
      }
    }
    if (Metadata.uid(object).isEmpty()) {
      Metadata.copy(object, old, "uid");
    }
    Metadata.copy(object, old, "creationTimestamp");
    Metadata.copy(object, old, "deletionTimestamp");
    Metadata.copy(object, old, "deletionGracePeriodSeconds");
    Metadata.set(object, "selfLink", null);
    ignoreTimes(object, old);
  }

  /** Whether a change is one of what is wanted. */
  private static boolean counts(Resource resource, ObjectNode object, ObjectNode old) {
    boolean statusCounts = resource.custom() && !resource.hasStatus();
    return !Trees.sameContent(object, old, statusCounts)
        || (resource.strategy().traits().annotationsCount()
            && !Metadata.of(object)
                .path("annotations")
                .equals(Metadata.of(old).path("annotations")));
  }

  private static void keep(ObjectNode object, ObjectNode old, String field) {
    JsonNode before = old.get(field);
    if (before == null) {
      object.remove(field);
    } else {
      object.set(field, before);
    }
  }

  private static void keepAllButStatus(Resource resource, ObjectNode object, ObjectNode old) {
    for (String field : List.copyOf(names(object))) {
      if (!field.equals("status") && !field.equals("metadata")) {
        keep(object, old, field);
      }
    }
    for (String field : names(old)) {
      if (!field.equals("status") && !field.equals("metadata")) {
        keep(object, old, field);
      }
    }
    if (resource.custom()) {
      JsonNode owners = Metadata.of(object).get("managedFields");
      String version = Metadata.resourceVersion(object);
      object.set("metadata", Metadata.of(old).deepCopy());
      Metadata.set(object, "managedFields", owners);
      Metadata.in(object).put("resourceVersion", version);
    } else if (resource.strategy().traits().statusKeepsLabels()) {
      Metadata.copy(object, old, "labels");
    }
  }

  private static void keepAllButFinalizers(ObjectNode object, ObjectNode old) {
    JsonNode finalizers = object.path("spec").path("finalizers");
    String version = Metadata.resourceVersion(object);
    object.removeAll();
    old.properties().forEach(each -> object.set(each.getKey(), each.getValue().deepCopy()));
    Metadata.in(object).put("resourceVersion", version);
    ObjectNode spec =
        object.get("spec") instanceof ObjectNode there ? there : object.putObject("spec");
    if (finalizers.isEmpty()) {
      spec.remove("finalizers");
    } else {
      spec.set("finalizers", finalizers);
    }
  }

  private static List<String> names(ObjectNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** When nothing has changed but when fields were set, nothing has changed. */
  private static void ignoreTimes(ObjectNode object, ObjectNode old) {
    JsonNode now = Metadata.of(object).path("managedFields");
    JsonNode before = Metadata.of(old).path("managedFields");
    if (!now.equals(before) && Trees.same(withoutTimes(object), withoutTimes(old))) {
      Metadata.copy(object, old, "managedFields");
    }
  }

  private static ObjectNode withoutTimes(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    Metadata.of(copy).path("managedFields").forEach(entry -> ((ObjectNode) entry).remove("time"));
    return copy;
  }

  private static void check(Target target, ObjectNode object, ObjectNode old) {
    Resource resource = target.resource();
    List<FieldError> errors = new ArrayList<>(
        MetadataRules.check(object, resource.type().namespaced(), NameSegment.RULE));
    // Upstream's server checks this twice, and tells it twice.
    errors.addAll(MetadataRules.checkUpdate(object, old));
    errors.addAll(MetadataRules.checkUpdate(object, old));
    errors.addAll(
        target.subresource().equals("status")
            ? resource.strategy().validateStatusUpdate(object, old)
            : resource.strategy().validateUpdate(object, old));
    if (!errors.isEmpty()) {
      throw new StatusException(Status.invalid(resource.kind(), Metadata.name(object), errors));
    }
  }

  /** Stores the object, unless it is as it was; deletes it if it was only held by finalizers, and is not any more. */
  private Outcome write(
      Target target, ObjectNode object, ObjectNode old, Stored stored, Change change) {
    if (Metadata.isTerminating(old)
        && Metadata.finalizers(object).isEmpty()
        && Metadata.of(old).path("deletionGracePeriodSeconds").asLong(0) == 0
        && target.resource().strategy().mayGo(object)) {
      return change.dryRun()
          ? new Outcome(true, stored, stored.revision())
          : store.delete(target.key(), stored.revision());
    }
    if (change.dryRun() || Trees.same(object, old)) {
      return new Outcome(true, stored, stored.revision());
    }
    long seconds = target.resource().strategy().timeToLiveSeconds(object);
    long lease = seconds == 0 ? 0 : store.lease(seconds);
    Outcome outcome =
        store.update(target.key(), stored.revision(), StoredJson.write(object), lease);
    if (outcome.done()) {
      Metadata.setRevision(object, outcome.revision());
    }
    return outcome;
  }
}
