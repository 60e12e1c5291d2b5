package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lays an applied configuration over an object: its leaves win, maps come together, and lists keep the configuration's
 * order, with the elements that only the object has behind those they were behind.
 */
final class Merging {
  private Merging() {}

  /** Returns a new tree, which may share parts with both. */
  static JsonNode merge(JsonNode live, JsonNode config, @Nullable Type type) throws ApplyException {
    JsonNode merged = visit(live, config, type);
    return merged == null ? JsonNodeFactory.instance.objectNode() : merged;
  }

  /** At least one of both is there; null if nothing comes of it. */
  private static @Nullable JsonNode visit(
      @Nullable JsonNode live, @Nullable JsonNode config, @Nullable Type type)
      throws ApplyException {
    Shape shape = Shape.of(type, config == null ? live : config);
    JsonNode winner = config == null ? live : config;
    if (shape.isAtomic()) {
      return winner;
    }
    boolean list = shape.kind() == Shape.Kind.LIST;
    JsonNode from = live != null && (list ? live.isArray() : live.isObject()) ? live : null;
    JsonNode to = config != null && (list ? config.isArray() : config.isObject()) ? config : null;
    // None and an empty one are told apart.
    if ((from == null || from.isEmpty()) && (to == null || to.isEmpty())) {
      return winner;
    }
    return list ? list(shape, from, to) : map(shape, from, to);
  }

  private static @Nullable JsonNode map(
      Shape shape, @Nullable JsonNode live, @Nullable JsonNode config) throws ApplyException {
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    if (live != null) {
      for (Map.Entry<String, JsonNode> entry : live.properties()) {
        String name = entry.getKey();
        put(
            merged,
            name,
            visit(
                entry.getValue(), config == null ? null : config.get(name), shape.fieldType(name)));
      }
    }
    if (config != null) {
      for (Map.Entry<String, JsonNode> entry : config.properties()) {
        String name = entry.getKey();
        if (live == null || !live.has(name)) {
          put(merged, name, visit(null, entry.getValue(), shape.fieldType(name)));
        }
      }
    }
    return merged.isEmpty() ? null : merged;
  }

  private static void put(ObjectNode merged, String name, @Nullable JsonNode value) {
    if (value != null) {
      merged.set(name, value);
    }
  }

  private static @Nullable JsonNode list(
      Shape shape, @Nullable JsonNode live, @Nullable JsonNode config) throws ApplyException {
    return new ListMerge(shape, live, config).merge();
  }

  /** Two lists on their way to one. */
  private static final class ListMerge {
    private final Shape shape;
    private final List<PathElement> liveSteps = new ArrayList<>();
    private final List<JsonNode> liveElements = new ArrayList<>();

    /** An explicit null for what comes more than once: such elements are not merged. */
    private final Map<PathElement, JsonNode> live = new HashMap<>();

    private final List<PathElement> configSteps = new ArrayList<>();
    private final Map<PathElement, JsonNode> config = new HashMap<>();
    private final Set<PathElement> taken = new HashSet<>();
    private final ArrayNode merged = JsonNodeFactory.instance.arrayNode();

    ListMerge(Shape shape, @Nullable JsonNode liveList, @Nullable JsonNode configList)
        throws ApplyException {
      this.shape = shape;
      if (liveList != null) {
        for (JsonNode element : liveList) {
          PathElement step = shape.elementPath(element);
          liveSteps.add(step);
          liveElements.add(element);
          live.merge(step, element, (one, other) -> JsonNodeFactory.instance.nullNode());
        }
      }
      if (configList != null) {
        for (JsonNode element : configList) {
          PathElement step = shape.elementPath(element);
          if (config.putIfAbsent(step, element) != null) {
            throw new ApplyException("duplicate entries for key " + step);
          }
          configSteps.add(step);
        }
      }
    }

    @Nullable
    JsonNode merge() throws ApplyException {
      // Those of both lists that are still to come, in the order of the configuration.
      ArrayDeque<PathElement> shared = new ArrayDeque<>();
      configSteps.stream().filter(live::containsKey).forEach(shared::add);
      int at = 0;
      int next = 0;
      while (at < liveSteps.size() || next < configSteps.size()) {
        if (at < liveSteps.size()) {
          PathElement step = liveSteps.get(at);
          if (!config.containsKey(step)) {
            add(liveElements.get(at++), null);
            continue;
          }
          if (next < configSteps.size() && step.equals(configSteps.get(next))) {
            take(step);
            at++;
            next++;
            shared.poll();
            continue;
          }
          if (next < configSteps.size() && !shared.isEmpty() && !step.equals(shared.peek())) {
            at++; // its turn is when the configuration's is
            continue;
          }
          if (taken.contains(step)) {
            at++;
          }
        }
        if (next < configSteps.size()) {
          PathElement step = configSteps.get(next++);
          take(step);
          if (step.equals(shared.peek())) {
            shared.poll();
          }
        }
      }
      return merged.isEmpty() ? null : merged;
    }

    private void take(PathElement step) throws ApplyException {
      taken.add(step);
      add(live.get(step), config.get(step));
    }

    private void add(@Nullable JsonNode from, @Nullable JsonNode to) throws ApplyException {
      JsonNode element = visit(from, to, shape.elementType());
      if (element != null) {
        merged.add(element);
      }
    }
  }
}
