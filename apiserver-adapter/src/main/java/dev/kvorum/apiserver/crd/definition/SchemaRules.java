package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.JsonSchema.Additional;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each schema within a schema may say, structural or not. */
final class SchemaRules {
  private static final List<String> TYPES =
      List.of("array", "boolean", "integer", "number", "object", "string");
  private static final Set<String> META_FIELDS = Set.of("metadata", "kind", "apiVersion");

  /**
   * Where a schema stands.
   *
   * @param noDefaults why there may be no defaults; null if there may be
   * @param insideMeta whether it is of, or within, the apiVersion, kind or metadata of an object
   */
  private record Place(@Nullable String noDefaults, boolean insideMeta) {}

  private final Tolerance tolerance;
  private final List<FieldError> errors = new ArrayList<>();

  private SchemaRules(Tolerance tolerance) {
    this.tolerance = tolerance;
  }

  /** What is wrong with a schema and those within it. */
  static List<FieldError> check(JsonSchema schema, String path, Tolerance tolerance) {
    SchemaRules rules = new SchemaRules(tolerance);
    rules.check(schema, path, new Place(null, false), true);
    return rules.errors;
  }

  private void check(JsonSchema schema, String path, Place place, boolean root) {
    keywords(schema, path, place);
    if (schema.bounds().uniqueItems()) {
      forbidden(
          path + ".uniqueItems",
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    }
    additional(schema, path, place);
    schema.properties().forEach((name, property) -> {
      Place inside = place;
      if ((root || schema.embeddedResource()) && META_FIELDS.contains(name)) {
        inside = new Place(root ? "in top-level " + name : place.noDefaults(), true);
      }
      check(property, path + ".properties[" + name + "]", inside, false);
    });
    if (schema.not() != null) {
      check(schema.not(), path + ".not", place, false);
    }
    all(schema.allOf(), path + ".allOf", place);
    all(schema.oneOf(), path + ".oneOf", place);
    all(schema.anyOf(), path + ".anyOf", place);
    if (schema.items() != null) {
      check(schema.items(), path + ".items", place, false);
    }
    if (Boolean.FALSE.equals(schema.extensions().preserveUnknownFields())) {
      invalid(
          path + ".x-kubernetes-preserve-unknown-fields",
          BooleanNode.FALSE,
          "must be true or undefined");
    }
    mapType(schema, path);
    listType(schema, path);
    if ("map".equals(schema.extensions().listType())) {
      keyedList(schema, path);
    }
    if (!tolerance.badListKeys()) {
      errors.addAll(listKeys(schema, path));
    }
    if (!schema.extensions().rules().isEmpty()) {
      forbidden(
          path + ".x-kubernetes-validations",
          "validation rules in CEL are not supported by this server");
    }
  }

  private void all(List<JsonSchema> schemas, String path, Place place) {
    for (int i = 0; i < schemas.size(); i++) {
      check(schemas.get(i), path + "[" + i + "]", place, false);
    }
  }

  private void keywords(JsonSchema schema, String path, Place place) {
    JsonNode json = schema.json();
    if (!tolerance.badTypes() && !schema.type().isEmpty() && !TYPES.contains(schema.type())) {
      errors.add(FieldError.notSupported(path + ".type", Json.text(schema.type()), TYPES));
    }
    if (schema.defaultValue() != null && place.noDefaults() != null) {
      forbidden(path + ".default", "must not be set " + place.noDefaults());
    }
    if (!Json.string(json, "id").isEmpty()) {
      forbidden(path + ".id", "id is not supported");
    }
    if (Json.present(json, "additionalItems") != null) {
      forbidden(path + ".additionalItems", "additionalItems is not supported");
    }
    if (!json.path("patternProperties").isEmpty()) {
      forbidden(path + ".patternProperties", "patternProperties is not supported");
    }
    if (!json.path("definitions").isEmpty()) {
      forbidden(path + ".definitions", "definitions is not supported");
    }
    if (Json.present(json, "dependencies") != null) {
      forbidden(path + ".dependencies", "dependencies is not supported");
    }
    if (Json.present(json, "$ref") != null) {
      forbidden(path + ".$ref", "$ref is not supported");
    }
    if (schema.type().equals("null")) {
      forbidden(path + ".type", "type cannot be set to null, use nullable as an alternative");
    }
    if (json.path("items").isArray() && !json.path("items").isEmpty()) {
      forbidden(path + ".items", "items must be a schema object and not an array");
    }
    if (place.insideMeta() && schema.embeddedResource()) {
      forbidden(
          path + ".x-kubernetes-embedded-resource", "must not be used inside of resource meta");
    }
  }

  private void additional(JsonSchema schema, String path, Place place) {
    Additional additional = schema.additional();
    if (additional == null) {
      return;
    }
    if (!schema.properties().isEmpty() && (!additional.allowed() || additional.schema() != null)) {
      forbidden(
          path + ".additionalProperties",
          "additionalProperties and properties are mutual exclusive");
    }
    if (additional.schema() != null) {
      Place inside = place.insideMeta()
          ? new Place("inside additionalProperties applying to object metadata", true)
          : place;
      check(additional.schema(), path + ".additionalProperties", inside, false);
    }
  }

  private void mapType(JsonSchema schema, String path) {
    String mapType = schema.extensions().mapType();
    if (mapType == null) {
      return;
    }
    needsType(schema, path, "object", "x-kubernetes-map-type");
    if (!mapType.equals("atomic") && !mapType.equals("granular")) {
      errors.add(FieldError.notSupported(
          path + ".x-kubernetes-map-type", Json.text(mapType), List.of("atomic", "granular")));
    }
  }

  private boolean needsType(JsonSchema schema, String path, String type, String extension) {
    if (schema.type().equals(type)) {
      return true;
    }
    String why = "must be " + type + " if " + extension + " is specified";
    if (schema.type().isEmpty()) {
      errors.add(FieldError.required(path + ".type", why));
    } else {
      invalid(path + ".type", Json.text(schema.type()), why);
    }
    return false;
  }

  private void listType(JsonSchema schema, String path) {
    String listType = schema.extensions().listType();
    if (listType != null
        && needsType(schema, path, "array", "x-kubernetes-list-type")
        && !tolerance.sharedElements()
        && listType.equals("set")
        && schema.items() != null) {
      atomicElements(schema.items(), path);
    }
    if (listType != null && !List.of("atomic", "set", "map").contains(listType)) {
      errors.add(FieldError.notSupported(
          path + ".x-kubernetes-list-type", Json.text(listType), List.of("atomic", "set", "map")));
    }
    if (!schema.extensions().listMapKeys().isEmpty() && !"map".equals(listType)) {
      String why = "must be map if x-kubernetes-list-map-keys is non-empty";
      if (listType == null) {
        errors.add(FieldError.required(path + ".x-kubernetes-list-type", why));
      } else {
        invalid(path + ".x-kubernetes-list-type", Json.text(listType), why);
      }
    }
  }

  private void atomicElements(JsonSchema items, String path) {
    String listType = items.extensions().listType();
    JsonNode shown = GoJson.pointer(listType == null ? NullNode.instance : Json.text(listType));
    String why = "must be atomic as item of a list with x-kubernetes-list-type=set";
    if (items.type().equals("array") && listType != null && !listType.equals("atomic")) {
      invalid(path + ".items.x-kubernetes-list-type", shown, why);
    } else if (items.type().equals("object")
        && !"atomic".equals(items.extensions().mapType())) {
      invalid(path + ".items.x-kubernetes-map-type", shown, why);
    }
  }

  /** Whether sets have elements with parts that have owners of their own. */
  static boolean hasSharedElements(JsonSchema schema) {
    JsonSchema items = schema.items();
    if (!"set".equals(schema.extensions().listType()) || items == null) {
      return false;
    }
    String listType = items.extensions().listType();
    return switch (items.type()) {
      case "array" -> listType != null && !listType.equals("atomic");
      case "object" -> !"atomic".equals(items.extensions().mapType());
      default -> false;
    };
  }

  static boolean hasBadType(JsonSchema schema) {
    return !schema.type().isEmpty() && !TYPES.contains(schema.type());
  }

  private void keyedList(JsonSchema schema, String path) {
    List<String> keys = schema.extensions().listMapKeys();
    if (keys.isEmpty()) {
      errors.add(FieldError.required(
          path + ".x-kubernetes-list-map-keys",
          "must not be empty if x-kubernetes-list-type is map"));
    }
    JsonNode written = Json.present(schema.json(), "items");
    if (written == null) {
      errors.add(FieldError.required(
          path + ".items", "must have a schema if x-kubernetes-list-type is map"));
    }
    JsonSchema items = schema.items();
    if (items == null) {
      if (written != null) {
        invalid(
            path + ".items",
            InternalForm.items(written),
            "must only have a single schema if x-kubernetes-list-type is map");
      }
      return;
    }
    if (!items.type().equals("object")) {
      invalid(
          path + ".items.type",
          Json.text(items.type()),
          "must be object if parent array's x-kubernetes-list-type is map");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      JsonSchema property = items.properties().get(key);
      if (property == null) {
        invalid(
            path + ".x-kubernetes-list-map-keys",
            Json.array(keys),
            "entries must all be names of item properties");
      } else if (property.type().equals("array") || property.type().equals("object")) {
        invalid(
            path + ".items.properties[" + key + "].type",
            Json.text(items.type()),
            "must be a scalar type if parent array's x-kubernetes-list-type is map");
      }
      if (!seen.add(key)) {
        invalid(
            path + ".x-kubernetes-list-map-keys",
            Json.array(keys),
            "must not contain duplicate entries");
      }
    }
  }

  /** Elements of sets and of lists with keys are never null, and have their keys. */
  static List<FieldError> listKeys(JsonSchema schema, String path) {
    List<FieldError> errors = new ArrayList<>();
    String listType = schema.extensions().listType();
    JsonSchema items = schema.items();
    if (items == null || listType == null || !(listType.equals("set") || listType.equals("map"))) {
      return errors;
    }
    if (items.nullable()) {
      errors.add(FieldError.forbidden(
          path + ".items.nullable",
          "cannot be nullable when x-kubernetes-list-type is " + listType));
    }
    if (listType.equals("set")) {
      return errors;
    }
    for (String key : schema.extensions().listMapKeys()) {
      JsonSchema property = items.properties().get(key);
      if (property == null) {
        continue;
      }
      String field = path + ".items.properties[" + key + "]";
      if (!items.bounds().required().contains(key) && property.defaultValue() == null) {
        errors.add(FieldError.required(
            field + ".default",
            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a"
                + " required property"));
      }
      if (property.nullable()) {
        errors.add(FieldError.forbidden(
            field + ".nullable",
            "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
      }
    }
    return errors;
  }

  private void forbidden(String field, String detail) {
    errors.add(FieldError.forbidden(field, detail));
  }

  private void invalid(String field, JsonNode value, String detail) {
    errors.add(FieldError.invalid(field, value, detail));
  }
}
