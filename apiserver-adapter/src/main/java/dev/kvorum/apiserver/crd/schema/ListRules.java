package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sets have no element twice, and lists with keys no two elements with the same ones. */
public final class ListRules {
  private final List<FieldError> errors = new ArrayList<>();

  private ListRules() {}

  /** The elements of an object's lists that are there twice. Of more than two, one is told. */
  public static List<FieldError> validate(ObjectNode object, JsonSchema schema) {
    ListRules rules = new ListRules();
    rules.object("", object, schema);
    return rules.errors;
  }

  private void object(String path, ObjectNode object, JsonSchema schema) {
    JsonSchema additional = schema.additionalSchema();
    for (String name : Pruning.names(object)) {
      JsonSchema property = schema.properties().get(name);
      if (property != null) {
        value(Values.child(path, name), object.get(name), property);
      } else if (additional != null) {
        value(path + "[" + name + "]", object.get(name), additional);
      }
    }
  }

  private void value(String path, JsonNode value, JsonSchema schema) {
    if (value instanceof ObjectNode object) {
      object(path, object, schema);
    } else if (value instanceof ArrayNode list) {
      String type = schema.extensions().listType();
      if ("set".equals(type)) {
        List<JsonNode> elements = new ArrayList<>();
        list.forEach(elements::add);
        unique(path, elements);
      } else if ("map".equals(type)) {
        keyed(path, list, schema);
      }
      JsonSchema items = schema.items();
      if (items != null) {
        for (int i = 0; i < list.size(); i++) {
          value(path + "[" + i + "]", list.get(i), items);
        }
      }
    }
  }

  private void keyed(String path, ArrayNode list, JsonSchema schema) {
    List<JsonNode> keys = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode element = list.get(i);
      if (!element.isObject() && !element.isNull()) {
        errors.add(FieldError.invalid(
            path + "[" + i + "]",
            GoJson.sorted(element),
            "must be an object for an array of list-type map"));
        return;
      }
      ObjectNode key = JsonNodeFactory.instance.objectNode();
      for (String name : schema.extensions().listMapKeys()) {
        if (element.has(name)) {
          key.set(name, element.get(name));
        }
      }
      keys.add(key);
    }
    unique(path, keys);
  }

  private void unique(String path, List<JsonNode> elements) {
    Map<String, Integer> times = new HashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      if (times.merge(Values.identity(elements.get(i)), 1, Integer::sum) == 2) {
        errors.add(FieldError.duplicate(path + "[" + i + "]", GoJson.sorted(elements.get(i))));
      }
    }
  }
}
