package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keywords of JSON Schema that a structural schema cannot have. */
final class UnsupportedKeywords {
  private UnsupportedKeywords() {}

  /** What the first schema that has one is told; null if none has. */
  static @Nullable String find(JsonSchema schema) {
    List<String> found = new ArrayList<>();
    Tolerance.any(List.of(schema), each -> {
      String wrong = inOne(each);
      if (wrong != null) {
        found.add(wrong);
      }
      return wrong != null;
    });
    return found.isEmpty() ? null : found.getFirst();
  }

  private static @Nullable String inOne(JsonSchema schema) {
    JsonNode json = schema.json();
    String keyword = null;
    if (!Json.string(json, "id").isEmpty()) {
      keyword = "id";
    } else if (!Json.string(json, "$schema").isEmpty()) {
      keyword = "schema";
    } else if (!Json.string(json, "$ref").isEmpty()) {
      keyword = "$ref";
    } else if (!json.path("patternProperties").isEmpty()) {
      keyword = "patternProperties";
    } else if (!json.path("dependencies").isEmpty()) {
      keyword = "dependencies";
    } else if (Json.present(json, "additionalItems") != null) {
      keyword = "additionalItems";
    } else if (!json.path("definitions").isEmpty()) {
      keyword = "definitions";
    }
    if (keyword != null) {
      return "OpenAPIV3Schema '" + keyword + "' is not supported";
    }
    if (Boolean.FALSE.equals(schema.extensions().preserveUnknownFields())) {
      return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
    }
    return json.path("items").isArray() && !json.path("items").isEmpty()
        ? "OpenAPIV3Schema 'items' must be a schema, but is an array"
        : null;
  }
}
