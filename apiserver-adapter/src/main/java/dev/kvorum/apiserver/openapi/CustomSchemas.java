package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ResourceType;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The definitions of a custom resource: its own schema with what every object has, and its list. */
final class CustomSchemas {
  private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

  private CustomSchemas() {}

  static void add(Map<String, ObjectNode> definitions, CustomSchema custom) {
    ResourceType resource = custom.resource();
    GroupVersionKind list = resource.groupVersion().kind(resource.listKind());
    definitions.put(Names.definition(resource.kind()), object(custom));
    definitions.put(Names.definition(list), list(custom, list));
  }

  private static ObjectNode object(CustomSchema custom) {
    ObjectNode schema;
    if (custom.schema() instanceof ObjectNode given) {
      schema = given.deepCopy();
      complete(schema);
      metadata(schema);
    } else {
      // Without a schema nothing is said of its fields: a client that sees some takes them for all
      // there are.
      schema = Nodes.type("object");
    }
    publish(schema, custom, custom.resource().kind());
    return schema;
  }

  private static ObjectNode list(CustomSchema custom, GroupVersionKind kind) {
    ObjectNode schema = Nodes.type("object");
    schema.putArray("required").add("items");
    ObjectNode properties = schema.putObject("properties");
    typeFields(properties);
    ObjectNode items = Nodes.type("array");
    items.set("items", Nodes.reference(Names.definition(custom.resource().kind())));
    properties.set("items", items);
    properties.set("metadata", Nodes.wrapped(BuiltInPaths.META + "ListMeta"));
    publish(schema, custom, kind);
    return schema;
  }

  private static void publish(ObjectNode schema, CustomSchema custom, GroupVersionKind kind) {
    schema.putArray(Nodes.KINDS).add(Nodes.kind(kind));
    if (!custom.selectableFields().isEmpty()) {
      ArrayNode fields = schema.putArray("x-kubernetes-selectable-fields");
      for (String path : custom.selectableFields()) {
        fields.addObject().put("fieldPath", path.startsWith(".") ? path.substring(1) : path);
      }
    }
  }

  /** What the rules for such schemas leave unsaid, said for clients that do not know the rules. */
  private static void complete(ObjectNode schema) {
    if (schema.path("properties") instanceof ObjectNode properties) {
      properties.forEach(CustomSchemas::completeInner);
    }
    completeInner(schema.path("items"));
    completeInner(schema.path("additionalProperties"));
    if (schema.path("x-kubernetes-int-or-string").asBoolean()
        && !schema.has("anyOf")
        && !schema.has("allOf")) {
      schema.putArray("anyOf").add(Nodes.type("integer")).add(Nodes.type("string"));
    }
    if (schema.path(PRESERVE).isBoolean() && !schema.path(PRESERVE).asBoolean()) {
      schema.remove(PRESERVE);
    }
    if (schema.path("x-kubernetes-embedded-resource").asBoolean()) {
      metadata(schema);
      require(schema);
    }
  }

  private static void completeInner(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      complete(object);
    }
  }

  private static void metadata(ObjectNode schema) {
    ObjectNode properties = schema.withObjectProperty("properties");
    typeFields(properties);
    properties.set("metadata", Nodes.wrapped(BuiltInPaths.META + "ObjectMeta"));
  }

  private static void typeFields(ObjectNode properties) {
    properties.set("apiVersion", Nodes.type("string"));
    properties.set("kind", Nodes.type("string"));
  }

  private static void require(ObjectNode schema) {
    ArrayNode required = schema.withArray("required");
    Set<String> given = new HashSet<>();
    required.forEach(each -> given.add(each.asText()));
    for (String name : new String[] {"kind", "apiVersion"}) {
      if (!given.contains(name)) {
        required.add(name);
      }
    }
  }
}
