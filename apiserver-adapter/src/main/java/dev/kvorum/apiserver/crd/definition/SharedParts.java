package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.crd.schema.Values;

/**
 * Which parts all versions of a definition have in common. Messages name these as if they stood in the definition itself
 * and not in its versions: {@code spec.validation}, {@code spec.subresources}.
 */
record SharedParts(
    boolean schema, boolean subresources, boolean columns, boolean selectableFields) {

  static SharedParts of(JsonNode versions) {
    return new SharedParts(
        same(versions, "schema"),
        same(versions, "subresources"),
        same(versions, "additionalPrinterColumns"),
        same(versions, "selectableFields"));
  }

  private static boolean same(JsonNode versions, String part) {
    for (JsonNode each : versions) {
      JsonNode first = Json.present(versions.get(0), part);
      JsonNode other = Json.present(each, part);
      if (!Values.equal(first, other) && !(Json.isZeroList(first) && Json.isZeroList(other))) {
        return false;
      }
    }
    return !versions.isEmpty();
  }
}
