package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Documents without what may differ:
 *
 * <ul>
 *   <li>descriptions: the tables have none;
 *   <li>media types of CBOR, which is not spoken here;
 *   <li>{@code allOf} around a single reference with nothing beside it, which without a description says nothing;
 *   <li>the order of parameters and of media types;
 *   <li>where a parameter of OpenAPI 2 stands: at once, or elsewhere in the document.
 * </ul>
 */
final class Plain {
  private static final String PARAMETERS = "#/parameters/";

  private Plain() {}

  static JsonNode of(JsonNode document) {
    JsonNode shared = document.path("swagger").isMissingNode()
        ? document.path("swagger")
        : document.path("parameters");
    JsonNode plain = of(document, shared);
    if (!shared.isMissingNode()) {
      ((ObjectNode) plain).remove("parameters");
    }
    return plain;
  }

  private static JsonNode of(JsonNode node, JsonNode shared) {
    if (node instanceof ArrayNode array) {
      ArrayNode plain = JsonNodeFactory.instance.arrayNode();
      for (JsonNode each : array) {
        if (!each.asText().contains("cbor")) {
          plain.add(of(each, shared));
        }
      }
      return plain;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    String reference = object.path("$ref").asText();
    if (reference.startsWith(PARAMETERS)) {
      return of(shared.path(reference.substring(PARAMETERS.length())), shared);
    }
    ObjectNode plain = JsonNodeFactory.instance.objectNode();
    object.properties().forEach(entry -> {
      String name = entry.getKey();
      boolean prose = name.equals("description") && entry.getValue().isTextual();
      if (!prose && !name.contains("cbor")) {
        plain.set(name, of(entry.getValue(), shared));
      }
    });
    for (String name : new String[] {"parameters", "consumes", "produces"}) {
      if (plain.path(name) instanceof ArrayNode list) {
        plain.set(name, sorted(list));
      }
    }
    JsonNode all = plain.path("allOf");
    return plain.size() == 1 && all.size() == 1 ? all.get(0) : plain;
  }

  private static ArrayNode sorted(ArrayNode parameters) {
    List<JsonNode> list = new ArrayList<>();
    parameters.forEach(list::add);
    list.sort(Comparator.comparing(
        each -> each.path("name").asText() + each.path("in").asText()));
    return JsonNodeFactory.instance.arrayNode().addAll(list);
  }
}
