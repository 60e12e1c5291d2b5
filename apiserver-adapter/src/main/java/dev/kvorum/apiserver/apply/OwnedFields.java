package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.schema.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What somebody who applies an object owns: its leaves, its keys and the elements of its lists. */
final class OwnedFields {
  private final FieldSet set = new FieldSet();
  private final List<PathElement> path = new ArrayList<>();

  private OwnedFields() {}

  static FieldSet of(JsonNode value, @Nullable Type type) throws ApplyException {
    OwnedFields owned = new OwnedFields();
    owned.visit(value, type);
    return owned.set;
  }

  private void visit(JsonNode value, @Nullable Type type) throws ApplyException {
    Shape shape = Shape.of(type, value);
    if (shape.isAtomic()) {
      set.insert(path);
    } else if (shape.kind() == Shape.Kind.LIST && value.isArray()) {
      list(value, shape);
    } else if (shape.kind() == Shape.Kind.MAP && value.isObject()) {
      map(value, shape);
    }
  }

  /** Elements with the same key are owned as one, with all that they hold. */
  private void list(JsonNode list, Shape shape) throws ApplyException {
    List<PathElement> steps = new ArrayList<>();
    Set<PathElement> seen = new HashSet<>();
    Set<PathElement> repeated = new HashSet<>();
    for (JsonNode element : list) {
      PathElement step = shape.elementPath(element);
      steps.add(step);
      if (!seen.add(step)) {
        repeated.add(step);
      }
    }
    for (int i = 0; i < steps.size(); i++) {
      path.add(steps.get(i));
      if (!repeated.contains(steps.get(i))) {
        visit(list.get(i), shape.elementType());
      }
      set.insert(path);
      path.removeLast();
    }
  }

  private void map(JsonNode map, Shape shape) throws ApplyException {
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      JsonNode value = entry.getValue();
      path.add(new PathElement.Name(entry.getKey()));
      visit(value, shape.fieldType(entry.getKey()));
      if (value.isNull() || (value.isObject() && value.isEmpty()) || !shape.names(entry.getKey())) {
        set.insert(path);
      }
      path.removeLast();
    }
  }
}
