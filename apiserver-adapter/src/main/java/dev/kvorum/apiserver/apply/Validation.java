package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.json.GoText;
import dev.kvorum.apiserver.schema.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds an object against its schema: that fields exist, that values are of the right kind, that no key comes twice. */
final class Validation {
  private final boolean duplicatesAllowed;
  private final List<String> errors = new ArrayList<>();

  private Validation(boolean duplicatesAllowed) {
    this.duplicatesAllowed = duplicatesAllowed;
  }

  /**
   * Checks {@code value}.
   *
   * @param duplicatesAllowed whether elements of a list may have the same key, as they may in what is stored
   * @throws ApplyException if it does not fit
   */
  static void check(JsonNode value, @Nullable Type type, boolean duplicatesAllowed)
      throws ApplyException {
    Validation validation = new Validation(duplicatesAllowed);
    validation.visit(value, type, "");
    List<String> errors = validation.errors;
    if (errors.size() == 1) {
      throw new ApplyException(errors.getFirst());
    }
    if (!errors.isEmpty()) {
      throw new ApplyException("errors:\n  " + String.join("\n  ", errors));
    }
  }

  private void error(String path, String message) {
    errors.add(path.isEmpty() ? message : path + ": " + message);
  }

  private void visit(JsonNode value, @Nullable Type type, String path) {
    Shape shape = Shape.of(type, value);
    if (value.isNull()) {
      return;
    }
    switch (shape.kind()) {
      case SCALAR -> scalar(value, shape, path);
      case LIST -> {
        if (value.isArray()) {
          list(value, shape, path);
        } else {
          error(path, "expected list, got " + display(value));
        }
      }
      case MAP -> {
        if (value.isObject()) {
          map(value, shape, path);
        } else {
          error(path, "expected map, got " + display(value));
        }
      }
    }
  }

  private void scalar(JsonNode value, Shape shape, String path) {
    switch (shape.scalarKind()) {
      case NUMBER -> {
        if (!value.isNumber()) {
          error(path, "expected numeric (int or float), got " + GoText.typeOf(value));
        }
      }
      case STRING -> {
        if (!value.isTextual()) {
          error(path, "expected string, got " + display(value));
        }
      }
      case BOOLEAN -> {
        if (!value.isBoolean()) {
          error(path, "expected boolean, got " + display(value));
        }
      }
      case ANY -> {
        if (value.isContainerNode()) {
          error(path, "expected any scalar, got " + display(value));
        }
      }
    }
  }

  private void list(JsonNode list, Shape shape, String path) {
    Set<PathElement> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      PathElement step = new PathElement.Index(i);
      if (!shape.isAtomic()) {
        try {
          step = shape.elementPath(list.get(i));
        } catch (ApplyException e) {
          error(path, "element " + i + ": " + e.getMessage());
          return;
        }
        if (!seen.add(step) && !duplicatesAllowed) {
          error(path, "duplicate entries for key " + step);
        }
      }
      visit(list.get(i), shape.elementType(), path + step);
    }
  }

  private void map(JsonNode map, Shape shape, String path) {
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String at = path + new PathElement.Name(entry.getKey());
      if (!shape.allows(entry.getKey())) {
        error(at, "field not declared in schema");
        return;
      }
      visit(entry.getValue(), shape.fieldType(entry.getKey()), at);
    }
  }

  private static String display(JsonNode value) {
    return "&{" + value + "}";
  }
}
