package dev.kvorum.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.GoText;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.PatchRule;
import dev.kvorum.apiserver.schema.Type;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch: a merge patch that knows from the schema which lists are merged by a key of their elements, and
 * whose patches may say in directives ({@code $patch}, {@code $retainKeys}, {@code $setElementOrder/f}, {@code
 * $deleteFromPrimitiveList/f}) what a merge alone cannot.
 *
 * <p>Source of the rules: the Kubernetes API, "Strategic merge patch"; where that is silent, what its server does, as the
 * test vectors have it. In particular new elements of a merged list go in front, and directives inside of what is added
 * as a whole are not directives.
 */
public final class StrategicMergePatch {
  static final String DIRECTIVE = "$patch";
  static final String SET_ELEMENT_ORDER = "$setElementOrder";
  private static final String DELETE_FROM_PRIMITIVE_LIST = "$deleteFromPrimitiveList";
  private static final String RETAIN_KEYS = "$retainKeys";

  /** How a value is merged: by its type, and by the rule of the field that holds it. Both are null for what is unknown. */
  record Place(@Nullable Type type, @Nullable PatchRule rule) {
    static final Place UNKNOWN = new Place(null, null);

    Place of(String name) {
      if (type instanceof ObjectType object) {
        Field field = object.field(name);
        return field == null ? UNKNOWN : new Place(field.type(), field.patch());
      }
      return type instanceof MapType map ? new Place(map.values(), null) : UNKNOWN;
    }

    Place element() {
      return type instanceof ListType list ? new Place(list.elements(), null) : UNKNOWN;
    }

    boolean merges() {
      return rule != null && rule.has(PatchRule.Strategy.MERGE);
    }

    boolean replaces() {
      return rule != null && rule.has(PatchRule.Strategy.REPLACE);
    }

    /** What identifies the elements of a merged list; null if they are scalars. */
    @Nullable
    String mergeKey() {
      return rule == null ? null : rule.mergeKey();
    }
  }

  private StrategicMergePatch() {}

  /**
   * Applies {@code patch}.
   *
   * @param document stays as it is
   * @param patch stays as it is
   * @param type of the document
   * @throws PatchException if the patch contradicts itself or the document
   */
  public static ObjectNode apply(ObjectNode document, ObjectNode patch, ObjectType type)
      throws PatchException {
    return merge(document.deepCopy(), patch.deepCopy(), new Place(type, null));
  }

  /** Merges {@code patch}, which may become part of the result, into {@code target}. */
  static ObjectNode merge(ObjectNode target, ObjectNode patch, Place place) throws PatchException {
    JsonNode directive = patch.get(DIRECTIVE);
    if (directive != null) {
      return directed(directive, patch);
    }
    retainKeys(target, patch);
    setElementOrders(target, patch, place);
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      String name = change.getKey();
      JsonNode value = change.getValue();
      boolean deletes = isParallel(name, DELETE_FROM_PRIMITIVE_LIST);
      if (deletes) {
        name = subject(name);
      }
      if (value.isNull()) {
        target.remove(name);
        continue;
      }
      JsonNode before = target.get(name);
      if (before == null || before.isNull() || kind(before) != kind(value)) {
        if (!deletes) {
          target.set(name, withoutNulls(value));
        }
        continue;
      }
      target.set(name, merged(before, value, place.of(name), deletes));
    }
    return target;
  }

  private static JsonNode merged(JsonNode before, JsonNode value, Place place, boolean deletes)
      throws PatchException {
    if (before instanceof ObjectNode object && value instanceof ObjectNode changes) {
      return place.replaces() ? changes : merge(object, changes, place);
    }
    if (before instanceof ArrayNode list && value instanceof ArrayNode changes) {
      return mergedList(list, changes, place, deletes);
    }
    return value;
  }

  private static ArrayNode mergedList(
      ArrayNode list, ArrayNode changes, Place place, boolean deletes) throws PatchException {
    return deletes || place.merges()
        ? StrategicListMerge.merge(list, changes, place, deletes)
        : changes;
  }

  private static ObjectNode directed(JsonNode directive, ObjectNode patch) throws PatchException {
    return switch (directive.asText()) {
      case "replace" -> {
        patch.remove(DIRECTIVE);
        yield patch;
      }
      case "delete" -> JsonNodeFactory.instance.objectNode();
      default -> throw unknownDirective(directive, patch);
    };
  }

  static PatchException unknownDirective(JsonNode directive, ObjectNode patch) {
    return new PatchException(
        "unknown patch type: " + GoText.of(directive) + " in map: " + GoText.of(patch));
  }

  /** Removes from the target what {@code $retainKeys} does not name. It has to name all that the patch sets. */
  private static void retainKeys(ObjectNode target, ObjectNode patch) throws PatchException {
    JsonNode directive = patch.remove(RETAIN_KEYS);
    if (directive == null) {
      return;
    }
    if (!directive.isArray()) {
      throw new PatchException("invalid patch format of retainKeys");
    }
    Set<String> retained = new HashSet<>();
    directive.forEach(name -> retained.add(name.asText()));
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      String name = change.getKey();
      if (!change.getValue().isNull()
          && !isParallel(name, DELETE_FROM_PRIMITIVE_LIST)
          && !isParallel(name, SET_ELEMENT_ORDER)
          && !retained.contains(name)) {
        throw new PatchException("invalid patch format of retainKeys");
      }
    }
    target.retain(retained);
  }

  /** Takes the lists whose order the patch says out of the patch, merged and in that order. */
  private static void setElementOrders(ObjectNode target, ObjectNode patch, Place place)
      throws PatchException {
    List<String> directives = patch.properties().stream()
        .map(Map.Entry::getKey)
        .filter(name -> isParallel(name, SET_ELEMENT_ORDER))
        .toList();
    for (String directive : directives) {
      ArrayNode order = list(patch.remove(directive));
      String name = subject(directive);
      Place listPlace = place.of(name);
      JsonNode before = target.get(name);
      JsonNode changes = patch.get(name);
      ArrayNode merged;
      if (changes == null || changes.isNull()) {
        if (before == null || changes != null) {
          continue; // nothing to order, or to be removed
        }
        merged = list(before).deepCopy();
      } else {
        StrategicListMerge.requireSameOrder(list(changes), order, listPlace.mergeKey());
        merged = before == null
            ? list(changes)
            : mergedList(list(before).deepCopy(), list(changes), listPlace, false);
        patch.remove(name);
      }
      target.set(
          name,
          StrategicListMerge.ordered(
              merged, order, before == null ? null : list(before), listPlace.mergeKey()));
    }
  }

  private static ArrayNode list(JsonNode value) throws PatchException {
    if (value instanceof ArrayNode list) {
      return list;
    }
    throw new PatchException("expected a []interface {}, but received a " + GoText.typeOf(value));
  }

  /** Whether {@code name} is a directive about the list of another field. */
  private static boolean isParallel(String name, String directive) {
    return name.startsWith(directive) && name.startsWith("/", directive.length());
  }

  /** The field that a directive in a field's name is about. */
  private static String subject(String directive) {
    return directive.substring(directive.indexOf('/') + 1);
  }

  private enum Kind {
    MAP,
    LIST,
    SCALAR
  }

  private static Kind kind(JsonNode value) {
    return value.isObject() ? Kind.MAP : value.isArray() ? Kind.LIST : Kind.SCALAR;
  }

  /** A null in what is added has nothing to remove. */
  private static JsonNode withoutNulls(JsonNode added) {
    if (added instanceof ObjectNode object) {
      for (Iterator<JsonNode> values = object.iterator(); values.hasNext(); ) {
        JsonNode value = values.next();
        if (value.isNull()) {
          values.remove();
        } else {
          withoutNulls(value);
        }
      }
    } else {
      added.forEach(StrategicMergePatch::withoutNulls);
    }
    return added;
  }
}
