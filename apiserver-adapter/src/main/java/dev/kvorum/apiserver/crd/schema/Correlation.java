package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of an object beside the one that it replaces, as far as the schema tells which one that is: fields by name,
 * elements of a list only if it has keys. For one thread, during one validation.
 */
final class Correlation {
  private final JsonNode now;
  private final JsonNode before;
  private final JsonSchema schema;
  private final Map<Object, @Nullable Correlation> parts = new HashMap<>();
  private @Nullable Boolean unchanged;
  private @Nullable Map<String, JsonNode> elementsBefore;

  Correlation(JsonNode now, JsonNode before, JsonSchema schema) {
    this.now = now;
    this.before = before;
    this.schema = schema;
  }

  /** That of a field; null if there is nothing to compare it with. */
  @Nullable
  Correlation field(String name) {
    if (parts.containsKey(name)) {
      return parts.get(name);
    }
    JsonSchema property = schema.properties().get(name);
    JsonSchema part = property != null ? property : schema.additionalSchema();
    Correlation found =
        part == null || !now.isObject() || !before.isObject() || !now.has(name) || !before.has(name)
            ? null
            : new Correlation(now.get(name), before.get(name), part);
    parts.put(name, found);
    return found;
  }

  /** That of an element; null if there is nothing to compare it with. */
  @Nullable
  Correlation element(int index) {
    if (parts.containsKey(index)) {
      return parts.get(index);
    }
    JsonNode old = elementBefore(index);
    JsonSchema items = schema.items();
    Correlation found =
        old == null || items == null ? null : new Correlation(now.get(index), old, items);
    parts.put(index, found);
    return found;
  }

  private @Nullable JsonNode elementBefore(int index) {
    if (!isKeyedList() || !now.isArray() || !before.isArray() || index >= now.size()) {
      return null;
    }
    Map<String, JsonNode> byKey = elementsBefore;
    if (byKey == null) {
      byKey = new HashMap<>();
      for (JsonNode each : before) {
        String key = key(each);
        if (key != null) {
          byKey.putIfAbsent(key, each);
        }
      }
      elementsBefore = byKey;
    }
    String key = key(now.get(index));
    return key == null ? null : byKey.get(key);
  }

  private boolean isKeyedList() {
    return "map".equals(schema.extensions().listType());
  }

  private @Nullable String key(JsonNode element) {
    if (!element.isObject() || schema.extensions().listMapKeys().isEmpty()) {
      return null;
    }
    StringBuilder key = new StringBuilder();
    for (String name : schema.extensions().listMapKeys()) {
      JsonNode value = element.get(name);
      if (value == null || value.isContainerNode() || value.isNull()) {
        return null;
      }
      key.append(Values.identity(value)).append('\0');
    }
    return key.toString();
  }

  /** Whether the value is the one that it was. What cannot be compared part by part has changed. */
  boolean isUnchanged() {
    Boolean known = unchanged;
    if (known == null) {
      known = compare();
      unchanged = known;
    }
    return known;
  }

  private boolean compare() {
    if (now instanceof ArrayNode list && before.isArray()) {
      if (list.size() != before.size()) {
        return false;
      }
      if (!isKeyedList()) {
        return Values.equal(now, before);
      }
      for (int i = 0; i < list.size(); i++) {
        Correlation part = element(i);
        if (part == null || !part.isUnchanged()) {
          return false;
        }
      }
      return true;
    }
    if (now instanceof ObjectNode object && before.isObject()) {
      if (object.size() != before.size()) {
        return false;
      }
      for (String name : Pruning.names(object)) {
        Correlation part = field(name);
        if (part == null || !part.isUnchanged()) {
          return false;
        }
      }
      return true;
    }
    return Values.equal(now, before);
  }
}
