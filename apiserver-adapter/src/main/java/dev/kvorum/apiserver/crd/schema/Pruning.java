package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Drops the fields that a schema does not name. */
public final class Pruning {
  static final Set<String> META_FIELDS = Set.of("apiVersion", "kind", "metadata");

  private final List<String> dropped = new ArrayList<>();
  private final StringBuilder path = new StringBuilder();

  private Pruning() {}

  /**
   * Drops them from an object of a kind, whose own apiVersion, kind and metadata stay.
   *
   * @param object is changed
   * @return the paths of the dropped fields, in alphabetic order
   */
  public static List<String> pruneResource(ObjectNode object, JsonSchema schema) {
    return prune(object, schema.asResource());
  }

  /** Drops them from any value, which is changed. */
  public static List<String> prune(JsonNode value, JsonSchema schema) {
    Pruning pruning = new Pruning();
    pruning.walk(value, schema);
    pruning.dropped.sort(null);
    return pruning.dropped;
  }

  /** @param schema null if no field is known */
  private void walk(JsonNode value, @Nullable JsonSchema schema) {
    if (schema != null && schema.preservesUnknownFields()) {
      walkOpen(value, schema);
    } else if (value instanceof ObjectNode object) {
      for (String name : names(object)) {
        walkField(object, name, schema);
      }
    } else if (value instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        int length = index(i);
        walk(list.get(i), schema == null ? null : schema.items());
        path.setLength(length);
      }
    }
  }

  private void walkField(ObjectNode object, String name, @Nullable JsonSchema schema) {
    if (schema != null && schema.embeddedResource() && META_FIELDS.contains(name)) {
      return;
    }
    JsonSchema property = schema == null ? null : schema.properties().get(name);
    boolean known = property != null || (schema != null && schema.additional() != null);
    if (known) {
      JsonSchema part = property == null && schema != null ? schema.additionalSchema() : property;
      int length = key(name);
      walk(object.get(name), part);
      path.setLength(length);
      return;
    }
    if (!META_FIELDS.contains(name) || !path.isEmpty()) {
      int length = key(name);
      dropped.add(path.toString());
      path.setLength(length);
    }
    object.remove(name);
  }

  /** Nothing is dropped, except within fields that the schema does name. */
  private void walkOpen(JsonNode value, @Nullable JsonSchema schema) {
    if (schema == null) {
      return;
    }
    if (value instanceof ObjectNode object) {
      for (String name : names(object)) {
        boolean known = schema.properties().containsKey(name) || schema.additional() != null;
        if (known) {
          walkField(object, name, schema);
        }
      }
    } else if (value instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        int length = index(i);
        walkOpen(list.get(i), schema.items());
        path.setLength(length);
      }
    }
  }

  private int key(String name) {
    int length = path.length();
    path.append(length == 0 ? "" : ".").append(name);
    return length;
  }

  private int index(int index) {
    int length = path.length();
    path.append('[').append(index).append(']');
    return length;
  }

  static List<String> names(ObjectNode object) {
    List<String> names = new ArrayList<>(object.size());
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
