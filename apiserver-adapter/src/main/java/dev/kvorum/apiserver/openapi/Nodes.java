package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.util.Set;
import java.util.TreeSet;

/** Pieces that documents are made of. */
final class Nodes {
  static final String KINDS = "x-kubernetes-group-version-kind";
  static final String REFERENCE = "$ref";
  static final String SCHEMAS = "#/components/schemas/";
  private static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;

  private Nodes() {}

  static ObjectNode object() {
    return FACTORY.objectNode();
  }

  static ArrayNode array() {
    return FACTORY.arrayNode();
  }

  static ObjectNode type(String type) {
    return object().put("type", type);
  }

  static ObjectNode reference(String definition) {
    return object().put(REFERENCE, SCHEMAS + definition);
  }

  /** A reference that may have other members beside it. */
  static ObjectNode wrapped(String definition) {
    ObjectNode node = object();
    node.putArray("allOf").add(reference(definition));
    return node;
  }

  static ObjectNode kind(GroupVersionKind kind) {
    return object()
        .put("group", kind.group())
        .put("kind", kind.kind())
        .put("version", kind.version());
  }

  /** The definitions that a tree refers to. */
  static Set<String> references(JsonNode tree) {
    Set<String> found = new TreeSet<>();
    collect(tree, found);
    return found;
  }

  private static void collect(JsonNode tree, Set<String> found) {
    JsonNode reference = tree.get(REFERENCE);
    if (reference != null && reference.isTextual() && reference.asText().startsWith(SCHEMAS)) {
      found.add(reference.asText().substring(SCHEMAS.length()));
    }
    for (JsonNode child : tree) {
      collect(child, found);
    }
  }
}
