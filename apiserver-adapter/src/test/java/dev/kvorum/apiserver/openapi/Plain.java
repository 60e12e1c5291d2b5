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
 *   <li>the order of parameters.
 * </ul>
 */
final class Plain {
  private Plain() {}

  static JsonNode of(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode plain = JsonNodeFactory.instance.arrayNode();
      array.forEach(each -> plain.add(of(each)));
      return plain;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode plain = JsonNodeFactory.instance.objectNode();
    object.properties().forEach(entry -> {
      String name = entry.getKey();
      boolean prose = name.equals("description") && entry.getValue().isTextual();
      if (!prose && !name.contains("cbor")) {
        plain.set(name, of(entry.getValue()));
      }
    });
    if (plain.path("parameters") instanceof ArrayNode parameters) {
      plain.set("parameters", sorted(parameters));
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
