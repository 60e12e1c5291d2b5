package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the {@code metadata.managedFields} of the objects of one kind, and applies configurations to them (Kubernetes API,
 * "Server-side apply"). Immutable.
 */
public final class FieldManager {
  /** Entries of updates that are kept apart; the oldest beyond that are merged into one. */
  private static final int MAX_UPDATERS = 10;

  private static final String ANCIENT_CHANGES = "ancient-changes";
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";

  /** What nobody owns. */
  private static final FieldSet NEVER_OWNED = FieldSet.of(List.of(
      path("apiVersion"),
      path("kind"),
      path("metadata"),
      path("metadata", "name"),
      path("metadata", "namespace"),
      path("metadata", "creationTimestamp"),
      path("metadata", "selfLink"),
      path("metadata", "uid"),
      path("metadata", "clusterName"),
      path("metadata", "generation"),
      path("metadata", "managedFields"),
      path("metadata", "resourceVersion")));

  private final GroupVersionKind kind;
  private final String subresource;
  private final Ownership ownership;

  /**
   * An object after a configuration was applied to it.
   *
   * @param changed whether it is another than before, apart from who owns its fields
   */
  public record Applied(ObjectNode object, boolean changed) {}

  /**
   * Creates one for writes through one path.
   *
   * @param kind of the objects, in the version of the write
   * @param subresource through which is written; empty for the object itself
   * @param ignored fields, dot-separated from the top, that a write through this path cannot change
   */
  public FieldManager(
      GroupVersionKind kind, Versions versions, String subresource, List<String> ignored) {
    this.kind = kind;
    this.subresource = subresource;
    ownership = new Ownership(
        versions,
        kind.apiVersion(),
        FieldSet.of(ignored.stream().map(field -> path(field.split("\\.", -1))).toList()));
  }

  private static List<PathElement> path(String... names) {
    List<PathElement> path = new ArrayList<>();
    for (String name : names) {
      path.add(new PathElement.Name(name));
    }
    return path;
  }

  /**
   * Notes who has changed an object.
   *
   * @param live as it is stored; for a new one, an empty object
   * @param updated as it is to be stored, with {@code managedFields} as the client sent them. Stays as it is
   * @param manager who writes
   * @return {@code updated} with its owners
   * @throws ApplyException if an object does not fit its schema
   */
  public ObjectNode update(ObjectNode live, ObjectNode updated, String manager, Instant now)
      throws ApplyException {
    ManagedFields managed = ownersOf(live, updated);
    ObjectNode before = withoutOwners(live);
    ObjectNode after = withoutOwners(updated);
    // An object whose owners nobody has kept so far goes without; its creation is where keeping
    // them begins.
    if (managed.isEmpty() && !live.path("metadata").path("uid").asText("").isEmpty()) {
      return after;
    }
    noteUpdate(before, after, managed, name(manager), now);
    return withOwners(after, managed);
  }

  private void noteUpdate(
      ObjectNode before, ObjectNode after, ManagedFields managed, String manager, Instant now)
      throws ApplyException {
    ManagerId self = ManagerId.updating("current-operation", kind.apiVersion(), subresource);
    ownership.update(before, after, managed, self);
    ManagedFields.Entry taken = managed.get(self);
    if (taken != null) {
      managed.remove(self);
      FieldSet fields = taken.fields().difference(NEVER_OWNED);
      if (!fields.isEmpty()) {
        ManagerId id = ManagerId.updating(manager, kind.apiVersion(), subresource);
        ManagedFields.Entry previous = managed.get(id);
        managed.put(
            id,
            new ManagedFields.Entry(
                previous == null ? fields : fields.union(previous.fields()),
                kind.apiVersion(),
                now));
      }
    }
    limitUpdaters(managed);
  }

  /** The owners that an update begins with: those of the object, unless the client has sent others. */
  private ManagedFields ownersOf(ObjectNode live, ObjectNode updated) {
    JsonNode sent = updated.path("metadata").path("managedFields");
    JsonNode stored = live.path("metadata").path("managedFields");
    if (!subresource.isEmpty()) {
      return decodeOrNone(stored);
    }
    if (sent.isArray() && (sent.isEmpty() || (sent.size() == 1 && sent.get(0).isEmpty()))) {
      return new ManagedFields(); // a reset
    }
    ManagedFields owners = decodeOrNone(sent);
    return owners.isEmpty() ? decodeOrNone(stored) : owners;
  }

  private static ManagedFields decodeOrNone(JsonNode list) {
    try {
      return ManagedFields.decode(list);
    } catch (ApplyException unreadable) {
      return new ManagedFields(); // who cannot be read owns nothing; the object is not held up by
      // that
    }
  }

  /**
   * Applies a configuration.
   *
   * @param live as it is stored; for a new one, an object with nothing but {@code apiVersion} and {@code kind}. Stays as it
   *     is
   * @param config stays as it is
   * @param manager who applies
   * @param force whether to take fields from others
   * @throws ApplyConflict if others own fields that it wants to change
   * @throws ApplyException if an object does not fit its schema, or the configuration says what it may not
   */
  public Applied apply(
      ObjectNode live, ObjectNode config, String manager, boolean force, Instant now)
      throws ApplyConflict, ApplyException {
    GroupVersionKind said = GroupVersionKind.of(
        config.path("apiVersion").asText(), config.path("kind").asText());
    if (!said.equals(kind)) {
      throw ApplyException.badRequest("invalid object type: " + said);
    }
    if (config.path("metadata").has("managedFields")
        && !config.path("metadata").path("managedFields").isNull()) {
      throw ApplyException.badRequest("metadata.managedFields must be nil");
    }
    validate(config);
    ObjectNode before = withoutOwners(live);
    Applied applied;
    ManagedFields managed = owners(live, before, now);
    try {
      applied = apply(before, config, managed, manager, force, now);
    } catch (ApplyConflict conflict) {
      if (!manager.equals(LastApplied.KUBECTL)) {
        throw conflict;
      }
      // What kubectl has applied on the client's side before is its own.
      FieldSet allowed = LastApplied.fields(before, kind.apiVersion(), ownership.versions());
      ApplyConflict left = conflict.without(allowed);
      if (!left.contested().isEmpty()) {
        throw left;
      }
      managed = owners(live, before, now);
      applied = apply(before, config, managed, manager, true, now);
    }
    if (manager.equals(LastApplied.KUBECTL)) {
      LastApplied.renew(applied.object(), config);
    }
    return new Applied(withOwners(applied.object(), managed), applied.changed());
  }

  private ManagedFields owners(ObjectNode live, ObjectNode before, Instant now)
      throws ApplyException {
    ManagedFields managed;
    try {
      managed = ManagedFields.decode(live.path("metadata").path("managedFields"));
    } catch (ApplyException e) {
      throw new ApplyException("failed to decode managed fields: " + e.getMessage());
    }
    if (managed.isEmpty()) {
      ObjectNode empty = JsonNodeFactory.instance.objectNode();
      empty.put("apiVersion", kind.apiVersion());
      empty.put("kind", kind.kind());
      noteUpdate(empty, before, managed, BEFORE_FIRST_APPLY, now);
    }
    return managed;
  }

  private Applied apply(
      ObjectNode live,
      ObjectNode config,
      ManagedFields managed,
      String manager,
      boolean force,
      Instant now)
      throws ApplyConflict, ApplyException {
    ManagerId id = ManagerId.applying(name(manager), subresource);
    ObjectNode updated = ownership.apply(live, config, managed, id, force);
    ManagedFields.Entry owned = managed.get(id);
    boolean changed = !Scalars.equal(live, updated);
    if (owned != null) {
      managed.put(
          id,
          new ManagedFields.Entry(
              owned.fields().difference(NEVER_OWNED),
              owned.apiVersion(),
              changed ? now : owned.time()));
    }
    return new Applied((changed ? updated : live).deepCopy(), changed);
  }

  private void validate(ObjectNode config) throws ApplyException {
    try {
      Validation.check(config, ownership.versions().type(kind.apiVersion()), false);
    } catch (ApplyException e) {
      JsonNode metadata = config.path("metadata");
      throw new ApplyException("failed to create typed patch object ("
          + metadata.path("namespace").asText("") + "/" + metadata.path("name").asText("") + "; "
          + kind + "): " + e.getMessage());
    }
  }

  /** Merges the oldest updaters of a version into one entry, while there are too many. */
  private static void limitUpdaters(ManagedFields managed) {
    List<Map.Entry<ManagerId, ManagedFields.Entry>> updaters =
        new ArrayList<>(managed.entries().entrySet().stream()
            .filter(each -> each.getKey().operation() == ManagerId.Operation.UPDATE)
            .map(each -> Map.entry(each.getKey(), each.getValue()))
            .toList());
    updaters.sort(Comparator.comparingLong((Map.Entry<ManagerId, ManagedFields.Entry> each) ->
            ManagedFields.seconds(each.getValue().time()))
        .thenComparing(Map.Entry::getKey));
    int left = updaters.size();
    Map<String, ManagerId> firsts = new HashMap<>();
    for (Map.Entry<ManagerId, ManagedFields.Entry> updater : updaters) {
      if (left <= MAX_UPDATERS) {
        return;
      }
      ManagedFields.Entry entry = updater.getValue();
      ManagerId first = firsts.putIfAbsent(entry.apiVersion(), updater.getKey());
      if (first == null) {
        continue;
      }
      ManagerId bucket = ManagerId.updating(ANCIENT_CHANGES, entry.apiVersion(), "");
      ManagedFields.Entry gathered = managed.get(bucket);
      if (gathered == null) {
        gathered = managed.get(first);
        managed.remove(first);
      }
      managed.remove(updater.getKey());
      managed.put(
          bucket,
          new ManagedFields.Entry(
              gathered == null ? entry.fields() : entry.fields().union(gathered.fields()),
              entry.apiVersion(),
              entry.time()));
      left--;
    }
  }

  private static String name(String manager) {
    return manager.isEmpty() ? "unknown" : manager;
  }

  private static ObjectNode withoutOwners(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    if (copy.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("managedFields");
    }
    return copy;
  }

  private static ObjectNode withOwners(ObjectNode object, ManagedFields managed) {
    if (!managed.isEmpty()) {
      JsonNode metadata = object.get("metadata");
      ObjectNode into = metadata instanceof ObjectNode there ? there : object.putObject("metadata");
      into.set("managedFields", managed.encode());
    }
    return object;
  }
}
