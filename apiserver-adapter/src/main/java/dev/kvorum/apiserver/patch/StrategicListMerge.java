package dev.kvorum.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.GoText;
import dev.kvorum.apiserver.patch.StrategicMergePatch.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lists of a {@link StrategicMergePatch} whose elements are merged, and the order in which they come out. */
final class StrategicListMerge {
  private StrategicListMerge() {}

  /**
   * Merges two lists.
   *
   * @param deletes whether {@code changes} are scalars to be removed
   */
  static ArrayNode merge(ArrayNode list, ArrayNode changes, Place place, boolean deletes)
      throws PatchException {
    if (list.isEmpty() && changes.isEmpty()) {
      return list;
    }
    requireOneKind(list, changes);
    List<JsonNode> before = elements(list);
    List<JsonNode> patch = elements(changes);
    boolean maps = (before.isEmpty() ? patch : before).getFirst().isObject();
    List<JsonNode> merged;
    if (!maps) {
      if (deletes) {
        before.removeIf(new HashSet<>(patch)::contains);
        return array(before);
      }
      LinkedHashSet<JsonNode> union = new LinkedHashSet<>(before);
      union.addAll(patch);
      merged = new ArrayList<>(union);
    } else {
      String key = place.mergeKey();
      if (key == null) {
        throw new PatchException("cannot merge lists without merge key for " + place.type());
      }
      if (obeyDirectives(before, patch, key)) {
        before = patch;
        patch = new ArrayList<>();
      }
      merged = mergeByKey(before, patch, key, place.element());
    }
    return inOrder(merged, patch, before, maps ? place.mergeKey() : null);
  }

  /** Carries out what elements say of the list, and takes them out of it; true if it is to be replaced. */
  private static boolean obeyDirectives(List<JsonNode> before, List<JsonNode> patch, String key)
      throws PatchException {
    boolean replaces = false;
    List<JsonNode> plain = new ArrayList<>();
    Set<JsonNode> doomed = new HashSet<>();
    for (JsonNode element : patch) {
      ObjectNode map = map(element, key);
      JsonNode directive = map.get(StrategicMergePatch.DIRECTIVE);
      if (directive == null) {
        plain.add(element);
        continue;
      }
      switch (directive.asText()) {
        case "delete" -> doomed.add(keyOf(map, key));
        case "replace" -> replaces = true;
        case "merge" ->
          throw new PatchException("merging lists cannot yet be specified in the patch");
        default -> throw StrategicMergePatch.unknownDirective(directive, map);
      }
    }
    patch.clear();
    patch.addAll(plain);
    if (!doomed.isEmpty()) {
      List<JsonNode> kept = new ArrayList<>();
      for (JsonNode each : before) {
        if (!doomed.contains(keyOf(map(each, key), key))) {
          kept.add(each);
        }
      }
      before.clear();
      before.addAll(kept);
    }
    return replaces;
  }

  private static List<JsonNode> mergeByKey(
      List<JsonNode> before, List<JsonNode> patch, String key, Place element)
      throws PatchException {
    List<JsonNode> merged = new ArrayList<>(before);
    Map<JsonNode, Integer> places = new HashMap<>();
    if (!patch.isEmpty()) {
      for (int i = 0; i < before.size(); i++) {
        places.putIfAbsent(keyOf(map(before.get(i), key), key), i);
      }
    }
    for (JsonNode each : patch) {
      ObjectNode changes = map(each, key);
      Integer at = places.putIfAbsent(keyOf(changes, key), merged.size());
      if (at == null) {
        merged.add(changes);
      } else {
        merged.set(at, StrategicMergePatch.merge(map(merged.get(at), key), changes, element));
      }
    }
    return merged;
  }

  private static ObjectNode map(JsonNode element, String key) throws PatchException {
    if (element instanceof ObjectNode map) {
      return map;
    }
    throw new PatchException("value for key " + key + " is not a map: " + GoText.of(element));
  }

  private static JsonNode keyOf(ObjectNode map, String key) throws PatchException {
    JsonNode value = map.get(key);
    if (value == null) {
      throw new PatchException(
          "map: " + GoText.of(map) + " does not contain declared merge key: " + key);
    }
    return value;
  }

  private static void requireOneKind(ArrayNode one, ArrayNode other) throws PatchException {
    String kind = null;
    for (ArrayNode list : List.of(one, other)) {
      for (JsonNode element : list) {
        String found = GoText.typeOf(element);
        if (element.isArray()) {
          throw new PatchException("not supporting list of lists yet");
        }
        if (kind != null && !kind.equals(found)) {
          throw new PatchException("list element types are not identical: [" + GoText.of(one) + " "
              + GoText.of(other) + "]");
        }
        kind = found;
      }
    }
  }

  /** Refuses a patch whose elements come in another order than the one it asks for. Those to be deleted do not count. */
  static void requireSameOrder(ArrayNode changes, ArrayNode order, @Nullable String key)
      throws PatchException {
    int next = 0;
    for (JsonNode change : changes) {
      if (key != null
          && "delete".equals(change.path(StrategicMergePatch.DIRECTIVE).asText())) {
        continue;
      }
      while (next < order.size() && !identity(order.get(next), key).equals(identity(change, key))) {
        next++;
      }
      if (next == order.size()) {
        throw new PatchException("The order in patch list:\n" + GoText.of(changes)
            + "\n doesn't match " + StrategicMergePatch.SET_ELEMENT_ORDER + " list:\n"
            + GoText.of(order) + "\n");
      }
      next++;
    }
  }

  /** The elements of a merged list in the order that a patch asks for. */
  static ArrayNode ordered(
      ArrayNode merged, ArrayNode order, @Nullable ArrayNode before, @Nullable String key) {
    return inOrder(
        elements(merged), elements(order), before == null ? List.of() : elements(before), key);
  }

  /**
   * Those that {@code order} names come as it has them, all others as they were; both kinds are woven so that one of the
   * others stays in front of a named one that it was in front of.
   */
  private static ArrayNode inOrder(
      List<JsonNode> merged, List<JsonNode> order, List<JsonNode> before, @Nullable String key) {
    Map<JsonNode, Integer> wanted = places(order, key);
    Map<JsonNode, Integer> former = places(before, key);
    List<JsonNode> named = new ArrayList<>();
    List<JsonNode> others = new ArrayList<>();
    for (JsonNode each : merged) {
      (wanted.containsKey(identity(each, key)) ? named : others).add(each);
    }
    named.sort(Comparator.comparingInt(each -> place(wanted, each, key)));
    // One that is new has no place among those there were; it goes last.
    others.sort(Comparator.comparingInt(each -> place(former, each, key)));
    List<JsonNode> woven = new ArrayList<>();
    int next = 0;
    for (JsonNode each : named) {
      int at = former.getOrDefault(identity(each, key), -1);
      while (next < others.size() && place(former, others.get(next), key) < at) {
        woven.add(others.get(next++));
      }
      woven.add(each);
    }
    woven.addAll(others.subList(next, others.size()));
    return array(woven);
  }

  private static Map<JsonNode, Integer> places(List<JsonNode> list, @Nullable String key) {
    Map<JsonNode, Integer> places = new HashMap<>();
    for (int i = 0; i < list.size(); i++) {
      places.putIfAbsent(identity(list.get(i), key), i);
    }
    return places;
  }

  private static int place(Map<JsonNode, Integer> places, JsonNode element, @Nullable String key) {
    return places.getOrDefault(identity(element, key), Integer.MAX_VALUE);
  }

  private static JsonNode identity(JsonNode element, @Nullable String key) {
    return key == null ? element : element.path(key);
  }

  private static List<JsonNode> elements(ArrayNode list) {
    List<JsonNode> elements = new ArrayList<>(list.size());
    list.forEach(elements::add);
    return elements;
  }

  private static ArrayNode array(List<JsonNode> elements) {
    return JsonNodeFactory.instance.arrayNode(elements.size()).addAll(elements);
  }
}
