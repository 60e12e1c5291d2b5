package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.Subresource;
import java.util.ArrayList;
import java.util.List;

/** What definitions of custom resources say, in the form that documents are made from. */
final class CustomDefinitions {
  private CustomDefinitions() {}

  static List<CustomSchema> read(JsonNode definitions) {
    List<CustomSchema> schemas = new ArrayList<>();
    for (JsonNode definition : definitions) {
      JsonNode spec = definition.path("spec");
      for (JsonNode version : spec.path("versions")) {
        schemas.add(new CustomSchema(
            resource(spec, version),
            version.path("schema").get("openAPIV3Schema"),
            version.path("selectableFields").findValuesAsText("jsonPath")));
      }
    }
    return schemas;
  }

  private static ResourceType resource(JsonNode spec, JsonNode version) {
    JsonNode names = spec.path("names");
    GroupVersion here =
        new GroupVersion(spec.path("group").asText(), version.path("name").asText());
    GroupVersionKind kind = here.kind(names.path("kind").asText());
    List<Subresource> subresources = new ArrayList<>();
    if (version.path("subresources").has("status")) {
      subresources.add(new Subresource("status", kind, List.of("get", "patch", "update")));
    }
    if (version.path("subresources").has("scale")) {
      GroupVersionKind scale = GroupVersionKind.of("autoscaling/v1", "Scale");
      subresources.add(new Subresource("scale", scale, List.of("get", "patch", "update")));
    }
    return new ResourceType(
        here,
        names.path("plural").asText(),
        names.path("singular").asText(),
        kind,
        names.path("listKind").asText(),
        spec.path("scope").asText().equals("Namespaced"),
        List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"),
        Vectors.strings(names, "shortNames"),
        Vectors.strings(names, "categories"),
        subresources,
        here);
  }
}
