package dev.kvorum.apiserver.crd.definition;

import dev.kvorum.apiserver.crd.schema.JsonSchema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * What is let pass in a definition because it was so before: rules that came later do not break definitions that were
 * stored without them.
 *
 * @param missingSchemas versions without a schema
 * @param nonStructural schemas that are not structural
 * @param badTypes types that there are not
 * @param unprunedDefaults defaults with fields that their schema does not name
 * @param sharedElements sets whose elements have parts with owners of their own
 * @param badListKeys elements of lists with keys without those
 */
record Tolerance(
    boolean missingSchemas,
    boolean nonStructural,
    boolean badTypes,
    boolean unprunedDefaults,
    boolean sharedElements,
    boolean badListKeys) {
  static final Tolerance NONE = new Tolerance(false, false, false, false, false, false);

  /** Of what the versions of a stored definition have. */
  static Tolerance of(List<Version> versions) {
    List<JsonSchema> schemas = new ArrayList<>();
    boolean nonStructural = false;
    for (Version version : versions) {
      JsonSchema schema = version.schema();
      if (schema != null) {
        schemas.add(schema);
        nonStructural |= UnsupportedKeywords.find(schema) != null
            || !StructuralRules.check(schema, "").isEmpty();
      }
    }
    boolean unpruned =
        !nonStructural && schemas.stream().anyMatch(each -> DefaultRules.hasUnprunedDefaults(each));
    return new Tolerance(
        schemas.size() < versions.size(),
        nonStructural,
        any(schemas, SchemaRules::hasBadType),
        unpruned,
        any(schemas, SchemaRules::hasSharedElements),
        any(schemas, each -> !SchemaRules.listKeys(each, "").isEmpty()));
  }

  /** Whether one of the schemas, or one within them, is such a one. */
  static boolean any(Collection<JsonSchema> schemas, Predicate<JsonSchema> such) {
    Deque<JsonSchema> left = new ArrayDeque<>(schemas);
    while (!left.isEmpty()) {
      JsonSchema schema = left.pop();
      if (such.test(schema)) {
        return true;
      }
      left.addAll(schema.properties().values());
      left.addAll(schema.allOf());
      left.addAll(schema.anyOf());
      left.addAll(schema.oneOf());
      for (JsonSchema each :
          new JsonSchema[] {schema.not(), schema.items(), schema.additionalSchema()}) {
        if (each != null) {
          left.add(each);
        }
      }
    }
    return false;
  }
}
