package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.schema.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * In what two objects of one type differ, field by field.
 *
 * @param removed with everything below
 * @param added with everything below
 */
record Comparison(FieldSet removed, FieldSet modified, FieldSet added) {

  static Comparison of(JsonNode before, JsonNode after, @Nullable Type type) throws ApplyException {
    Walk walk = new Walk();
    walk.visit(before, after, type);
    return new Comparison(walk.removed, walk.modified, walk.added);
  }

  FieldSet changed() {
    return modified.union(added);
  }

  /** Without the fields of {@code ignored} and all below them. */
  Comparison without(FieldSet ignored) {
    return new Comparison(
        removed.recursiveDifference(ignored),
        modified.recursiveDifference(ignored),
        added.recursiveDifference(ignored));
  }

  private static final class Walk {
    private final FieldSet removed = new FieldSet();
    private final FieldSet modified = new FieldSet();
    private final FieldSet added = new FieldSet();
    private final List<PathElement> path = new ArrayList<>();

    /** At least one of both is there. */
    void visit(@Nullable JsonNode before, @Nullable JsonNode after, @Nullable Type type)
        throws ApplyException {
      Shape was = Shape.of(type, before == null ? after : before);
      Shape is = Shape.of(type, after == null ? before : after);
      boolean leaf = as(is, before, after);
      if (!was.equals(is)) {
        as(was, before, after);
      }
      if (!leaf && before == null) {
        added.insert(path);
      } else if (!leaf && after == null) {
        removed.insert(path);
      }
    }

    /** Compares both as values of that shape; true if they are leaves. */
    private boolean as(Shape shape, @Nullable JsonNode before, @Nullable JsonNode after)
        throws ApplyException {
      if (shape.isAtomic()) {
        leaf(before, after);
        return true;
      }
      boolean list = shape.kind() == Shape.Kind.LIST;
      JsonNode from =
          before != null && (list ? before.isArray() : before.isObject()) ? before : null;
      JsonNode to = after != null && (list ? after.isArray() : after.isObject()) ? after : null;
      // None and an empty one are told apart.
      if ((from == null || from.isEmpty()) && (to == null || to.isEmpty())) {
        leaf(before, after);
        return true;
      }
      if (list) {
        list(shape, from, to);
      } else {
        map(shape, from, to);
      }
      return false;
    }

    private void leaf(@Nullable JsonNode before, @Nullable JsonNode after) {
      if (before == null) {
        added.insert(path);
      } else if (after == null) {
        removed.insert(path);
      } else if (!Scalars.equal(before, after)) {
        modified.insert(path);
      }
    }

    private void map(Shape shape, @Nullable JsonNode before, @Nullable JsonNode after)
        throws ApplyException {
      SequencedSet<String> names = new LinkedHashSet<>();
      if (before != null) {
        before.fieldNames().forEachRemaining(names::add);
      }
      if (after != null) {
        after.fieldNames().forEachRemaining(names::add);
      }
      for (String name : names) {
        path.add(new PathElement.Name(name));
        visit(
            before == null ? null : before.get(name),
            after == null ? null : after.get(name),
            shape.fieldType(name));
        path.removeLast();
      }
    }

    private void list(Shape shape, @Nullable JsonNode before, @Nullable JsonNode after)
        throws ApplyException {
      Map<PathElement, List<JsonNode>> from = byStep(shape, before);
      Map<PathElement, List<JsonNode>> to = byStep(shape, after);
      SequencedSet<PathElement> steps = new LinkedHashSet<>(from.keySet());
      steps.addAll(to.keySet());
      for (PathElement step : steps) {
        List<JsonNode> old = from.getOrDefault(step, List.of());
        List<JsonNode> now = to.getOrDefault(step, List.of());
        path.add(step);
        if (old.size() <= 1 && now.size() <= 1) {
          visit(
              old.isEmpty() ? null : old.getFirst(),
              now.isEmpty() ? null : now.getFirst(),
              shape.elementType());
        } else {
          repeated(shape, old, now);
        }
        path.removeLast();
      }
    }

    /** Elements with one key are owned as one. */
    private void repeated(Shape shape, List<JsonNode> before, List<JsonNode> after)
        throws ApplyException {
      if (before.size() > 1 && after.size() > 1) {
        if (!same(before, after)) {
          modified.insert(path);
        }
      } else if (before.size() > 1) {
        removed.insert(path);
        if (!after.isEmpty()) {
          visit(null, after.getFirst(), shape.elementType());
        }
      } else {
        if (!before.isEmpty()) {
          visit(before.getFirst(), null, shape.elementType());
        }
        added.insert(path);
      }
    }

    private static boolean same(List<JsonNode> one, List<JsonNode> other) {
      boolean same = one.size() == other.size();
      for (int i = 0; same && i < one.size(); i++) {
        same = Scalars.equal(one.get(i), other.get(i));
      }
      return same;
    }

    private static Map<PathElement, List<JsonNode>> byStep(Shape shape, @Nullable JsonNode list)
        throws ApplyException {
      Map<PathElement, List<JsonNode>> elements = new LinkedHashMap<>();
      if (list != null) {
        for (JsonNode element : list) {
          elements
              .computeIfAbsent(shape.elementPath(element), absent -> new ArrayList<>())
              .add(element);
        }
      }
      return elements;
    }
  }
}
