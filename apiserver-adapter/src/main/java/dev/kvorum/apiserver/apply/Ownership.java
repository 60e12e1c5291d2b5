package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a write does to the owners of an object's fields. An update takes what it changes; one who applies a configuration
 * owns what that says, and gives up what it said before.
 *
 * @param versions of the object's kind
 * @param apiVersion of the write
 * @param ignored fields that the write cannot change
 */
record Ownership(Versions versions, String apiVersion, FieldSet ignored) {

  /**
   * Notes in {@code managed} what an update has changed, under {@code owner}.
   *
   * @throws ApplyException if the objects do not fit their schema
   */
  void update(JsonNode live, JsonNode updated, ManagedFields managed, ManagerId owner)
      throws ApplyException {
    Comparison changes;
    try {
      changes = take(live, updated, managed, owner, true);
    } catch (ApplyConflict impossible) {
      throw new IllegalStateException("an update met an owner", impossible);
    }
    ManagedFields.Entry before = managed.get(owner);
    FieldSet owned = (before == null ? new FieldSet() : before.fields())
        .difference(changes.removed())
        .union(changes.modified())
        .union(changes.added())
        .recursiveDifference(ignored);
    managed.put(
        owner, new ManagedFields.Entry(owned, apiVersion, before == null ? null : before.time()));
  }

  /**
   * Works out what an applied configuration makes of an object, and notes its owner in {@code managed}.
   *
   * @throws ApplyConflict if others own fields that it wants to change, unless it may force them
   * @throws ApplyException if the objects do not fit their schema
   */
  ObjectNode apply(
      JsonNode live, JsonNode config, ManagedFields managed, ManagerId owner, boolean force)
      throws ApplyConflict, ApplyException {
    Type type = versions.type(apiVersion);
    JsonNode merged = Merging.merge(live, config, type);
    ManagedFields.Entry last = managed.get(owner);
    FieldSet owned = OwnedFields.of(config, type).recursiveDifference(ignored);
    managed
        .entries()
        .put(owner, new ManagedFields.Entry(owned, apiVersion, last == null ? null : last.time()));
    JsonNode pruned =
        last == null || last.fields().isEmpty() || !versions.isServed(last.apiVersion())
            ? merged
            : prune(merged, managed, last);
    take(live, pruned, managed, owner, force);
    return (ObjectNode) pruned;
  }

  /** Takes out what the owner applied before, does not apply now, and nobody else owns. */
  private JsonNode prune(JsonNode merged, ManagedFields managed, ManagedFields.Entry last)
      throws ApplyException {
    Type type = versions.type(last.apiVersion());
    Shape shape = Shape.of(type, merged);
    FieldSet lastFields = last.fields().withNamedFields(shape);
    JsonNode pruned = object(Removal.remove(merged, lastFields, type));

    // What others, or the owner's new configuration, hold comes back with all it stands in.
    Map<String, FieldSet> held = new HashMap<>();
    managed
        .entries()
        .values()
        .forEach(entry -> held.merge(entry.apiVersion(), entry.fields(), FieldSet::union));
    FieldSet ofThisVersion = held.remove(last.apiVersion());
    if (ofThisVersion != null) {
      pruned = addBack(merged, pruned, last.apiVersion(), ofThisVersion);
    }
    for (Map.Entry<String, FieldSet> other : held.entrySet()) {
      if (versions.isServed(other.getKey())) {
        pruned = addBack(merged, pruned, other.getKey(), other.getValue());
      }
    }

    // Only what the owner itself held before may go.
    FieldSet prunedFields = OwnedFields.of(pruned, type).withNamedFields(shape);
    FieldSet mergedFields = OwnedFields.of(merged, type).withNamedFields(shape);
    return object(Removal.remove(
        merged, mergedFields.difference(prunedFields).intersection(lastFields), type));
  }

  private JsonNode addBack(JsonNode merged, JsonNode pruned, String version, FieldSet held)
      throws ApplyException {
    Type type = versions.type(version);
    Shape shape = Shape.of(type, merged);
    FieldSet mergedFields = OwnedFields.of(merged, type).withNamedFields(shape);
    FieldSet kept =
        OwnedFields.of(pruned, type).withNamedFields(shape).union(held.withNamedFields(shape));
    return object(Removal.remove(merged, mergedFields.difference(kept), type));
  }

  private static JsonNode object(JsonNode value) {
    return value.isObject() ? value : JsonNodeFactory.instance.objectNode();
  }

  /** Takes from all but {@code owner} what has changed; refuses that, unless forced, if they own it. */
  private Comparison take(
      JsonNode live, JsonNode updated, ManagedFields managed, ManagerId owner, boolean force)
      throws ApplyConflict, ApplyException {
    Map<String, Comparison> changes = new HashMap<>();
    Comparison ours = Comparison.of(live, updated, versions.type(apiVersion)).without(ignored);
    changes.put(apiVersion, ours);
    SortedMap<ManagerId, FieldSet> contested = new TreeMap<>();
    for (Map.Entry<ManagerId, ManagedFields.Entry> each :
        List.copyOf(managed.entries().entrySet())) {
      if (each.getKey().equals(owner)) {
        continue;
      }
      Comparison theirs = inVersion(each.getValue().apiVersion(), live, updated, changes);
      if (theirs == null) {
        managed.remove(each.getKey());
        continue;
      }
      FieldSet conflict = each.getValue().fields().intersection(theirs.changed());
      if (!conflict.isEmpty()) {
        contested.put(each.getKey(), conflict);
      }
    }
    if (!force && !contested.isEmpty()) {
      throw new ApplyConflict(contested);
    }
    for (Map.Entry<ManagerId, ManagedFields.Entry> each :
        List.copyOf(managed.entries().entrySet())) {
      ManagedFields.Entry entry = each.getValue();
      Comparison theirs = changes.get(entry.apiVersion());
      if (theirs != null && !each.getKey().equals(owner)) {
        FieldSet left = entry
            .fields()
            .difference(contested.getOrDefault(each.getKey(), new FieldSet()))
            .difference(theirs.removed());
        managed.put(each.getKey(), entry.with(left));
      }
    }
    ManagedFields.Entry own = managed.get(owner);
    if (own != null) {
      managed.put(owner, own);
    }
    return ours;
  }

  private @Nullable Comparison inVersion(
      String version, JsonNode live, JsonNode updated, Map<String, Comparison> changes)
      throws ApplyException {
    Comparison known = changes.get(version);
    if (known == null && versions.isServed(version)) {
      known = Comparison.of(live, updated, versions.type(version)).without(ignored);
      changes.put(version, known);
    }
    return known;
  }
}
