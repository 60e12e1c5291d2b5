package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Type;
import java.util.Map;
import java.util.TreeMap;

/**
 * The annotation in which {@code kubectl apply} keeps what it applied on the client's side. Who goes over to server-side
 * apply owns what is in there, and finds the annotation up to date when going back.
 */
final class LastApplied {
  /** The manager this is about; others have no such past. */
  static final String KUBECTL = "kubectl";

  private static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .build();

  private LastApplied() {}

  /** What the annotation of {@code live} says, as far as it is still so; empty if it says nothing that can be used. */
  static FieldSet fields(ObjectNode live, String apiVersion, Versions versions) {
    String text = live.path("metadata").path("annotations").path(ANNOTATION).asText("");
    if (text.isEmpty()) {
      return new FieldSet();
    }
    try {
      JsonNode applied = JSON.readTree(text);
      if (!applied.path("apiVersion").asText().equals(apiVersion)) {
        return new FieldSet();
      }
      Type type = versions.type(apiVersion);
      Validation.check(applied, type, false);
      Comparison since = Comparison.of(applied, live, type);
      return OwnedFields.of(applied, type)
          .difference(since.modified())
          .difference(since.added())
          .difference(since.removed());
    } catch (JsonProcessingException | ApplyException unusable) {
      return new FieldSet();
    }
  }

  /** Puts {@code config} into the annotation of {@code object}, if it has one. */
  static void renew(ObjectNode object, ObjectNode config) {
    if (!(object.path("metadata").path("annotations") instanceof ObjectNode annotations)
        || annotations.path(ANNOTATION).asText("").isEmpty()) {
      return;
    }
    ObjectNode copy = config.deepCopy();
    if (copy.path("metadata").path("annotations") instanceof ObjectNode applied) {
      applied.remove(ANNOTATION);
    }
    try {
      annotations.put(ANNOTATION, escaped(JSON.writeValueAsString(sorted(copy))) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree could not be written", e);
    }
  }

  private static JsonNode sorted(JsonNode value) {
    if (value.isObject()) {
      Map<String, JsonNode> fields = new TreeMap<>();
      value.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.setAll(fields);
      return object;
    }
    if (value.isArray()) {
      var list = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> list.add(sorted(element)));
      return list;
    }
    return value;
  }

  /** As Go writes JSON: safe inside of HTML. */
  private static String escaped(String json) {
    return json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
  }
}
