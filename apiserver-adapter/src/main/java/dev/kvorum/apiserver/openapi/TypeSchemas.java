package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapMerging;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.PatchRule;
import dev.kvorum.apiserver.schema.Type;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Built-in types as schemas: what a client needs to check an object, to merge it and to show its fields. */
final class TypeSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BuiltInTypes TYPES = BuiltInTypes.get();

  private TypeSchemas() {}

  /**
   * The schema of a definition; null if there is none.
   *
   * @param here the group and version that the document is about: kinds that exist in every version are named with it
   */
  static @Nullable ObjectNode find(String definition, GroupVersion here) {
    ObjectNode leaf = LeafSchemas.find(definition);
    if (leaf != null) {
      return leaf;
    }
    ObjectType type = TYPES.find(definition);
    return type == null ? null : definition(type, here);
  }

  private static ObjectNode definition(ObjectType type, GroupVersion here) {
    ObjectNode schema = Nodes.type("object");
    ArrayNode required = Nodes.array();
    ObjectNode properties = Nodes.object();
    for (Field field : type.fields()) {
      properties.set(field.name(), property(field));
      if (field.required()) {
        required.add(field.name());
      }
    }
    if (!properties.isEmpty()) {
      schema.set("properties", properties);
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    merging(schema, type.merging(), MapMerging.UNDECLARED);
    kinds(schema, type.definition(), here);
    if (!type.unions().isEmpty()) {
      schema.set("x-kubernetes-unions", parse(type.unions()));
    }
    return schema;
  }

  private static void kinds(ObjectNode schema, String definition, GroupVersion here) {
    GroupVersionKind kind = TYPES.kindOf(definition);
    if (kind == null) {
      return;
    }
    ArrayNode kinds = schema.putArray(Nodes.KINDS);
    kinds.add(Nodes.kind(kind));
    GroupVersionKind local = here.kind(kind.kind());
    ObjectType found = TYPES.find(local);
    if (!local.equals(kind) && found != null && found.definition().equals(definition)) {
      kinds.add(Nodes.kind(local));
    }
  }

  private static ObjectNode property(Field field) {
    ObjectNode schema = schema(field.type(), true);
    if (field.defaultValue() != null) {
      schema.set("default", field.defaultValue());
    }
    PatchRule patch = field.patch();
    if (patch != null) {
      schema.put(
          "x-kubernetes-patch-strategy",
          patch.strategies().stream()
              .map(PatchRule.Strategy::word)
              .collect(Collectors.joining(",")));
      if (patch.mergeKey() != null) {
        schema.put("x-kubernetes-patch-merge-key", patch.mergeKey());
      }
    }
    return schema;
  }

  /** @param siblings whether something may be added to it */
  private static ObjectNode schema(Type type, boolean siblings) {
    return switch (type) {
      case Leaf leaf -> LeafSchemas.of(leaf, siblings);
      case ListType list -> list(list);
      case MapType map -> {
        ObjectNode schema = Nodes.type("object");
        schema.set("additionalProperties", element(map.values()));
        merging(schema, map.merging(), MapMerging.UNDECLARED);
        yield schema;
      }
      case ObjectType object -> {
        ObjectNode schema = Nodes.wrapped(object.definition());
        ObjectType defined = TYPES.find(object.definition());
        merging(
            schema, object.merging(), defined == null ? MapMerging.UNDECLARED : defined.merging());
        yield schema;
      }
    };
  }

  private static ObjectNode list(ListType list) {
    ObjectNode schema = Nodes.type("array");
    schema.set("items", element(list.elements()));
    ListType.Merging merging = list.merging();
    if (merging.declared()) {
      schema.put("x-kubernetes-list-type", merging.identity().name().toLowerCase(Locale.ROOT));
      if (!merging.keys().isEmpty()) {
        ArrayNode keys = schema.putArray("x-kubernetes-list-map-keys");
        merging.keys().forEach(keys::add);
      }
    }
    return schema;
  }

  /** A value in a list or a map: where none is written, it has its zero value. */
  private static ObjectNode element(Type type) {
    ObjectNode schema = schema(type, false);
    switch (type) {
      case ObjectType object -> schema.putObject("default");
      case Leaf leaf -> LeafSchemas.putZero(schema, leaf);
      case ListType list -> {}
      case MapType map -> {}
    }
    return schema;
  }

  private static void merging(ObjectNode schema, MapMerging merging, MapMerging unsaid) {
    if (merging != unsaid) {
      schema.put("x-kubernetes-map-type", merging.name().toLowerCase(Locale.ROOT));
    }
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the program's tables say " + json, e);
    }
  }
}
