package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Schemas of OpenAPI 3 as OpenAPI 2 can have them. What it has no words for is left out, so that fewer objects are found to
 * be wrong than are; where clients would take what is left for more than it is, that is left out, too.
 */
final class SwaggerSchemas {
  private static final String DEFINITIONS = "#/definitions/";
  private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

  private SwaggerSchemas() {}

  /** One that has a name. */
  static ObjectNode definition(ObjectNode schema) {
    if (schema.path(PRESERVE).asBoolean() && schema.has(Nodes.KINDS)) {
      ObjectNode open = Nodes.type("object");
      open.set(Nodes.KINDS, schema.path(Nodes.KINDS).deepCopy());
      return open;
    }
    ObjectNode converted = of(schema);
    if (schema.has("oneOf") && !schema.has("type")) {
      // Either a text or a number.
      converted.put("type", "string");
    }
    return converted;
  }

  static ObjectNode of(ObjectNode schema) {
    ObjectNode converted = Nodes.object();
    JsonNode all = schema.path("allOf");
    if (all.size() == 1 && all.get(0).has(Nodes.REFERENCE)) {
      refer(converted, all.get(0));
    }
    schema.properties().forEach(entry -> {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "allOf", "oneOf", "anyOf", "not", "default", "nullable" -> {}
        case Nodes.REFERENCE -> refer(converted, schema);
        case "properties" -> {
          ObjectNode properties = converted.putObject("properties");
          value.properties().forEach(each -> properties.set(each.getKey(), inner(each.getValue())));
        }
        case "items", "additionalProperties" -> converted.set(entry.getKey(), inner(value));
        default -> converted.set(entry.getKey(), value.deepCopy());
      }
    });
    relax(schema, converted);
    return converted;
  }

  private static JsonNode inner(JsonNode schema) {
    return schema instanceof ObjectNode object ? of(object) : schema.deepCopy();
  }

  private static void refer(ObjectNode converted, JsonNode from) {
    String reference = from.path(Nodes.REFERENCE).asText();
    converted.put(Nodes.REFERENCE, DEFINITIONS + reference.substring(Nodes.SCHEMAS.length()));
  }

  private static void relax(ObjectNode schema, ObjectNode converted) {
    boolean open = schema.path(PRESERVE).asBoolean();
    boolean nullable = schema.path("nullable").asBoolean();
    if (nullable || open) {
      converted.remove(List.of("items", "properties"));
    }
    if (nullable || (open && schema.path("type").asText().equals("object"))) {
      converted.remove("type");
    }
    if (converted.path("type").asText().equals("array") && !converted.has("items")) {
      converted.remove("type");
    }
    if (converted.path("required") instanceof ArrayNode required) {
      require(schema, open, required);
      if (required.isEmpty()) {
        converted.remove("required");
      }
    }
  }

  private static void require(ObjectNode schema, boolean open, ArrayNode required) {
    boolean embedded = open && schema.path("x-kubernetes-embedded-resource").asBoolean();
    if (schema.path("additionalProperties").path("nullable").asBoolean()) {
      required.removeAll();
    }
    required.removeIf(name -> {
      String text = name.asText();
      return schema.path("properties").path(text).path("nullable").asBoolean()
          || (embedded && (text.equals("kind") || text.equals("apiVersion")));
    });
  }
}
