package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.SchemaReader;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a definition.
 *
 * @param json as the definition has it
 * @param schema null if there is none
 * @param unreadable what is in the schema that is not of its type
 */
record Version(JsonNode json, @Nullable JsonSchema schema, List<FieldError> unreadable) {

  /**
   * Those of a definition.
   *
   * @param shared what messages name as a part of the whole definition
   */
  static List<Version> of(JsonNode spec, SharedParts shared) {
    List<Version> versions = new ArrayList<>();
    for (JsonNode each : spec.path("versions")) {
      String path = schemaPath(shared, versions.size()) + ".openAPIV3Schema";
      List<FieldError> unreadable = new ArrayList<>();
      JsonNode schema = each.path("schema").get("openAPIV3Schema");
      versions.add(new Version(
          each,
          schema instanceof ObjectNode object ? SchemaReader.read(object, path, unreadable) : null,
          unreadable));
    }
    return versions;
  }

  /** What messages call the place of a version's schema. */
  static String schemaPath(SharedParts shared, int index) {
    return shared.schema() ? "spec.validation" : "spec.versions[" + index + "].schema";
  }

  String name() {
    return Json.string(json, "name");
  }

  boolean served() {
    return Json.flag(json, "served");
  }

  boolean stored() {
    return Json.flag(json, "storage");
  }

  boolean hasStatus() {
    return Json.present(json.path("subresources"), "status") != null;
  }
}
