package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The one document of OpenAPI 2, made of those of OpenAPI 3. It cannot say all that they say. */
final class Swagger {
  private final Map<String, ObjectNode> paths = new TreeMap<>();
  private final Map<String, ObjectNode> definitions = new TreeMap<>();

  private Swagger() {}

  static ObjectNode of(Collection<ObjectNode> documents) {
    Swagger swagger = new Swagger();
    documents.forEach(swagger::add);
    return swagger.document();
  }

  private void add(ObjectNode source) {
    source
        .path("paths")
        .properties()
        .forEach(entry -> paths.put(entry.getKey(), item(entry.getValue())));
    source
        .path("components")
        .path("schemas")
        .properties()
        .forEach(entry -> define(entry.getKey(), (ObjectNode) entry.getValue()));
  }

  /** A definition may stand in many documents; they differ in which kinds they call it. */
  private void define(String name, ObjectNode schema) {
    ObjectNode known = definitions.get(name);
    if (known == null) {
      definitions.put(name, SwaggerSchemas.definition(schema));
    } else if (schema.get(Nodes.KINDS) instanceof ArrayNode kinds) {
      ArrayNode all = known.withArray(Nodes.KINDS);
      Set<JsonNode> seen = new HashSet<>();
      all.forEach(seen::add);
      for (JsonNode kind : kinds) {
        if (seen.add(kind)) {
          all.add(kind);
        }
      }
    }
  }

  private ObjectNode document() {
    ObjectNode document = Nodes.object().put("swagger", "2.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "unversioned");
    ObjectNode allPaths = document.putObject("paths");
    paths.forEach(allPaths::set);
    ObjectNode allDefinitions = document.putObject("definitions");
    definitions.forEach(allDefinitions::set);
    document
        .putObject("securityDefinitions")
        .putObject("BearerToken")
        .put("type", "apiKey")
        .put("name", "authorization")
        .put("in", "header");
    document.putArray("security").addObject().putArray("BearerToken");
    return document;
  }

  private static ObjectNode item(JsonNode source) {
    ObjectNode item = Nodes.object();
    source.properties().forEach(entry -> {
      if (entry.getKey().equals("parameters")) {
        item.set("parameters", parameters(entry.getValue()));
      } else {
        item.set(entry.getKey(), operation((ObjectNode) entry.getValue()));
      }
    });
    return item;
  }

  private static ArrayNode parameters(JsonNode source) {
    ArrayNode parameters = Nodes.array();
    for (JsonNode each : source) {
      ObjectNode parameter = each.deepCopy();
      parameter.remove("schema");
      parameter.setAll((ObjectNode) each.path("schema"));
      parameters.add(parameter);
    }
    return parameters;
  }

  private static ObjectNode operation(ObjectNode source) {
    ObjectNode operation = source.deepCopy();
    operation.remove(List.of("requestBody", "parameters", "responses"));
    ArrayNode parameters = parameters(source.path("parameters"));
    JsonNode body = source.path("requestBody");
    if (body.isObject()) {
      parameters.add(body(body));
    }
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    Set<String> produced = new LinkedHashSet<>();
    ObjectNode responses = operation.putObject("responses");
    source.path("responses").properties().forEach(entry -> {
      ObjectNode response = responses.putObject(entry.getKey());
      response.set("description", entry.getValue().path("description"));
      JsonNode content = entry.getValue().path("content");
      content.fieldNames().forEachRemaining(produced::add);
      if (!content.isEmpty()) {
        response.set("schema", schema(content));
      }
    });
    put(operation, "consumes", consumed(source, produced));
    put(operation, "produces", produced);
    operation.putArray("schemes").add("https");
    return operation;
  }

  private static void put(ObjectNode operation, String name, Collection<String> mediaTypes) {
    ArrayNode array = operation.putArray(name);
    mediaTypes.forEach(array::add);
  }

  /** What a body may be; without one, upstream says what its framework does for each kind of path. */
  private static Collection<String> consumed(ObjectNode source, Set<String> produced) {
    Set<String> consumed = new LinkedHashSet<>();
    source.path("requestBody").path("content").fieldNames().forEachRemaining(consumed::add);
    if (!consumed.isEmpty()) {
      return consumed;
    }
    boolean custom = List.copyOf(produced).equals(MediaTypes.CUSTOM_OBJECT);
    return custom || !source.has("x-kubernetes-action") ? produced : MediaTypes.ANY;
  }

  private static ObjectNode body(JsonNode source) {
    ObjectNode body = Nodes.object().put("name", "body").put("in", "body");
    if (source.path("required").asBoolean()) {
      body.put("required", true);
    }
    body.set("schema", schema(source.path("content")));
    return body;
  }

  /** The same in every media type. */
  private static ObjectNode schema(JsonNode content) {
    return SwaggerSchemas.of((ObjectNode) content.iterator().next().path("schema"));
  }
}
