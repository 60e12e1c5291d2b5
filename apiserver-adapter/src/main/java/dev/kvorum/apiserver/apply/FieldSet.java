package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of paths into an object. Immutable but for the one who is filling it by {@link #insert}, before anybody else has
 * it.
 *
 * <p>Invariant: no child is empty.
 */
final class FieldSet {
  /** The paths of one element. */
  private final SortedSet<PathElement> members = new TreeSet<>();

  /** The longer ones, by their first element and without it. */
  private final SortedMap<PathElement, FieldSet> children = new TreeMap<>();

  static FieldSet of(List<List<PathElement>> paths) {
    FieldSet set = new FieldSet();
    paths.forEach(set::insert);
    return set;
  }

  /** Adds a path; one without elements is the object itself, which nobody owns. */
  void insert(List<PathElement> path) {
    if (path.isEmpty()) {
      return;
    }
    FieldSet at = this;
    for (PathElement step : path.subList(0, path.size() - 1)) {
      at = at.children.computeIfAbsent(step, absent -> new FieldSet());
    }
    at.members.add(path.getLast());
  }

  boolean isEmpty() {
    return members.isEmpty() && children.isEmpty();
  }

  boolean has(PathElement element) {
    return members.contains(element);
  }

  boolean has(List<PathElement> path) {
    FieldSet at = this;
    for (PathElement step : path.subList(0, path.size() - 1)) {
      FieldSet next = at.children.get(step);
      if (next == null) {
        return false;
      }
      at = next;
    }
    return at.members.contains(path.getLast());
  }

  /** The paths below {@code element}, without it; null if there are none. */
  @Nullable
  FieldSet below(PathElement element) {
    return children.get(element);
  }

  FieldSet union(FieldSet other) {
    FieldSet result = new FieldSet();
    result.members.addAll(members);
    result.members.addAll(other.members);
    result.children.putAll(children);
    other.children.forEach((step, set) -> result.children.merge(step, set, FieldSet::union));
    return result;
  }

  FieldSet intersection(FieldSet other) {
    FieldSet result = new FieldSet();
    result.members.addAll(members);
    result.members.retainAll(other.members);
    children.forEach((step, set) -> {
      FieldSet others = other.children.get(step);
      if (others != null) {
        result.putChild(step, set.intersection(others));
      }
    });
    return result;
  }

  /** Without the paths of {@code other}; those below them stay. */
  FieldSet difference(FieldSet other) {
    FieldSet result = new FieldSet();
    result.members.addAll(members);
    result.members.removeAll(other.members);
    children.forEach((step, set) -> {
      FieldSet others = other.children.get(step);
      result.putChild(step, others == null ? set : set.difference(others));
    });
    return result;
  }

  /** Without the paths of {@code other} and all below them. */
  FieldSet recursiveDifference(FieldSet other) {
    FieldSet result = new FieldSet();
    result.members.addAll(members);
    result.members.removeAll(other.members);
    children.forEach((step, set) -> {
      if (!other.members.contains(step)) {
        FieldSet others = other.children.get(step);
        result.putChild(step, others == null ? set : set.recursiveDifference(others));
      }
    });
    return result;
  }

  /**
   * With every field on the way to a path, if the schema names it: whoever owns {@code .spec.replicas} is taken to own
   * {@code .spec}, but not the keys of maps and the elements of lists in between.
   */
  FieldSet withNamedFields(Shape shape) {
    FieldSet result = new FieldSet();
    result.members.addAll(members);
    children.forEach((step, set) -> {
      if (step instanceof PathElement.Name field && shape.names(field.name())) {
        result.members.add(step);
      }
      result.children.put(step, set.withNamedFields(shape.part(step)));
    });
    return result;
  }

  private void putChild(PathElement step, FieldSet set) {
    if (!set.isEmpty()) {
      children.put(step, set);
    }
  }

  /** Passes every path, in order. */
  void forEach(Consumer<List<PathElement>> visitor) {
    forEach(new ArrayList<>(), visitor);
  }

  private void forEach(List<PathElement> prefix, Consumer<List<PathElement>> visitor) {
    for (PathElement member : members) {
      prefix.add(member);
      visitor.accept(List.copyOf(prefix));
      prefix.removeLast();
    }
    children.forEach((step, set) -> {
      prefix.add(step);
      set.forEach(prefix, visitor);
      prefix.removeLast();
    });
  }

  /** As {@code fieldsV1} has it. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    SortedSet<PathElement> steps = new TreeSet<>(members);
    steps.addAll(children.keySet());
    for (PathElement step : steps) {
      FieldSet below = children.get(step);
      ObjectNode value = JsonNodeFactory.instance.objectNode();
      if (below != null) {
        if (members.contains(step)) {
          value.putObject(".");
        }
        value.setAll(below.toJson());
      }
      json.set(step.written(), value);
    }
    return json;
  }

  /**
   * Reads what {@link #toJson} made.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static FieldSet fromJson(JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("expected an object, got " + json.getNodeType());
    }
    FieldSet set = new FieldSet();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (entry.getKey().equals(".")) {
        continue;
      }
      PathElement step = PathElement.read(entry.getKey());
      JsonNode value = entry.getValue();
      FieldSet below = fromJson(value);
      if (value.isEmpty() || value.has(".")) {
        set.members.add(step);
      }
      set.putChild(step, below);
    }
    return set;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FieldSet set
        && members.equals(set.members)
        && children.equals(set.children);
  }

  @Override
  public int hashCode() {
    return Objects.hash(members, children);
  }

  /** One path per line, as messages have them. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    forEach(path -> lines.add(text(path)));
    return String.join("\n", lines);
  }

  /** A path as messages have it: {@code .spec.ports[port=80,protocol="TCP"].name}. */
  static String text(List<PathElement> path) {
    StringBuilder text = new StringBuilder();
    path.forEach(text::append);
    return text.toString();
  }
}
