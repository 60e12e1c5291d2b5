package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Coerced;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Malformed;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.Pruning;
import dev.kvorum.apiserver.crd.schema.SchemaValidation;
import dev.kvorum.apiserver.crd.schema.Values;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Defaults are valid by the schema that they are in, and have no fields that it does not name. */
final class DefaultRules {
  private static final Set<String> META_FIELDS = Set.of("metadata", "kind", "apiVersion");

  /**
   * Where a schema stands within the closest object of a kind.
   *
   * @param resource the schema of that object
   * @param steps to the value: names, and empty for an element of a list
   * @param insideMeta whether it is of its apiVersion, kind or metadata, or within that
   */
  private record Place(JsonSchema resource, List<String> steps, boolean insideMeta) {
    Place at(String step, boolean meta) {
      List<String> further = new ArrayList<>(steps);
      further.add(step);
      return new Place(resource, further, insideMeta || meta);
    }

    /** An object of the kind with nothing in it but a value in this place. */
    ObjectNode around(JsonNode value) {
      JsonNode object = value;
      for (String step : steps.reversed()) {
        object = step.isEmpty()
            ? JsonNodeFactory.instance.arrayNode().add(object)
            : JsonNodeFactory.instance.objectNode().set(step, object);
      }
      ObjectNode whole =
          object instanceof ObjectNode map ? map : JsonNodeFactory.instance.objectNode();
      if (!whole.has("kind")) {
        whole.put("kind", "Validation");
      }
      if (!whole.has("apiVersion")) {
        whole.put("apiVersion", "validation/v1");
      }
      return whole;
    }
  }

  private final boolean tolerateUnpruned;
  private final List<FieldError> errors = new ArrayList<>();

  private DefaultRules(boolean tolerateUnpruned) {
    this.tolerateUnpruned = tolerateUnpruned;
  }

  /** What is wrong with the defaults in the schema of an object. */
  static List<FieldError> check(JsonSchema root, String path, boolean tolerateUnpruned) {
    DefaultRules rules = new DefaultRules(tolerateUnpruned);
    JsonSchema resource = root.asResource();
    rules.check(resource, path, new Place(resource, List.of(), false));
    return rules.errors;
  }

  static boolean hasUnprunedDefaults(JsonSchema root) {
    return Tolerance.any(List.of(root), DefaultRules::isUnpruned);
  }

  private static boolean isUnpruned(JsonSchema schema) {
    JsonNode value = schema.defaultValue();
    if (value == null) {
      return false;
    }
    JsonNode pruned = value.deepCopy();
    Pruning.prune(pruned, schema);
    return !Values.equal(pruned, value);
  }

  private void check(JsonSchema schema, String path, Place outer) {
    Place place = schema.embeddedResource() ? new Place(schema, List.of(), false) : outer;
    JsonNode value = schema.defaultValue();
    if (value != null && place.insideMeta()) {
      insideMeta(schema, value, path + ".default", place);
    } else if (value != null) {
      ordinary(schema, value, path + ".default");
    }
    // Within additionalProperties there are no defaults to check: which keys there are is not
    // known.
    JsonSchema items = schema.items();
    if (items != null) {
      check(items, path + ".items", place.at("", false));
    }
    schema.properties().forEach((name, property) -> {
      boolean meta = schema.embeddedResource() && META_FIELDS.contains(name);
      check(property, path + ".properties[" + name + "]", place.at(name, meta));
    });
  }

  private void insideMeta(JsonSchema schema, JsonNode value, String path, Place place) {
    ObjectNode object = place.around(value.deepCopy());
    Coerced coerced = EmbeddedResources.coerce("", object, place.resource(), Malformed.REFUSE);
    String wrong = coerced.error() == null ? "" : coerced.error().toString();
    if (wrong.isEmpty()) {
      List<FieldError> invalid = EmbeddedResources.validate("", object, place.resource());
      wrong = invalid.size() == 1
          ? invalid.getFirst().toString()
          : invalid.isEmpty()
              ? ""
              : invalid.stream()
                  .map(FieldError::toString)
                  .distinct()
                  .collect(Collectors.joining(", ", "[", "]"));
    }
    if (wrong.isEmpty()) {
      errors.addAll(SchemaValidation.validateDefault(value, schema, path));
    } else {
      errors.add(FieldError.invalid(
          path, GoJson.sorted(value), "must result in valid metadata: " + wrong));
    }
  }

  private void ordinary(JsonSchema schema, JsonNode value, String path) {
    if (!tolerateUnpruned && isUnpruned(schema)) {
      errors.add(FieldError.invalid(path, GoJson.sorted(value), "must not have unknown fields"));
    }
    JsonNode copy = value.deepCopy();
    Coerced coerced = EmbeddedResources.coerce(path, copy, schema, Malformed.REFUSE);
    if (coerced.error() != null) {
      errors.add(coerced.error());
      return;
    }
    List<FieldError> invalid = EmbeddedResources.validate(path, copy, schema);
    errors.addAll(
        invalid.isEmpty() ? SchemaValidation.validateDefault(copy, schema, path) : invalid);
  }
}
