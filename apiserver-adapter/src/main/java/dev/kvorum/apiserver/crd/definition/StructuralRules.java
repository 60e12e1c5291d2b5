package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.JsonSchema.Additional;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes a schema structural: outside of {@code allOf}, {@code anyOf}, {@code oneOf} and {@code not} it says of each
 * value what type it has; within them it says only which values of that type there may be.
 */
final class StructuralRules {
  private enum Level {
    ROOT("at the root"),
    ITEM("for specified array items"),
    FIELD("for specified object fields");

    private final String where;

    Level(String where) {
      this.where = where;
    }
  }

  private final List<FieldError> errors = new ArrayList<>();

  private StructuralRules() {}

  /** What is not structural, in the order of the messages. */
  static List<FieldError> check(JsonSchema schema, String path) {
    StructuralRules rules = new StructuralRules();
    rules.invariants(schema, Level.ROOT, path);
    rules.completeness(schema, schema, path, path);
    rules.errors.sort(Comparator.comparing(FieldError::toString));
    return rules.errors;
  }

  private void invariants(JsonSchema schema, Level level, String path) {
    JsonSchema items = schema.items();
    if (schema.type().equals("array") && items == null) {
      required(path + ".items", "must be specified");
    }
    if (items != null) {
      invariants(items, Level.ITEM, path + ".items");
    }
    schema
        .properties()
        .forEach((name, property) ->
            invariants(property, Level.FIELD, path + ".properties[" + name + "]"));
    Additional additional = schema.additional();
    if (additional != null) {
      if (level == Level.ROOT) {
        forbidden(path + ".additionalProperties", "must not be used at the root");
      }
      if (additional.schema() != null) {
        invariants(additional.schema(), Level.FIELD, path + ".additionalProperties");
      }
    }
    extensions(schema, path);
    boolean skipAnyOf = isIntOrString(schema.anyOf());
    boolean skipFirstAllOf =
        !schema.allOf().isEmpty() && isIntOrString(schema.allOf().getFirst().anyOf());
    values(schema, skipAnyOf, skipFirstAllOf, path);
    type(schema, level, path);
    meta(schema, level, path);
  }

  private void extensions(JsonSchema schema, String path) {
    if (schema.intOrString() && schema.preservesUnknownFields()) {
      invalid(
          path + ".x-kubernetes-preserve-unknown-fields",
          BooleanNode.TRUE,
          "must be false if x-kubernetes-int-or-string is true");
    }
    if (schema.intOrString() && schema.embeddedResource()) {
      invalid(
          path + ".x-kubernetes-embedded-resource",
          BooleanNode.TRUE,
          "must be false if x-kubernetes-int-or-string is true");
    }
  }

  private void type(JsonSchema schema, Level level, String path) {
    String type = schema.type();
    if (schema.embeddedResource() && !type.equals("object")) {
      String why = "must be object if x-kubernetes-embedded-resource is true";
      if (type.isEmpty()) {
        required(path + ".type", why);
      } else {
        invalid(path + ".type", Json.text(type), why);
      }
    } else if (type.isEmpty() && !schema.intOrString() && !schema.preservesUnknownFields()) {
      required(path + ".type", "must not be empty " + level.where);
    }
    if (schema.embeddedResource() && schema.additional() != null) {
      forbidden(
          path + ".additionalProperties",
          "must not be used if x-kubernetes-embedded-resource is set");
    }
    if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
      invalid(path + ".type", Json.text(type), "must be object at the root");
    }
  }

  /** The apiVersion, kind and metadata of an object. */
  private void meta(JsonSchema schema, Level level, String path) {
    boolean resource = level == Level.ROOT || schema.embeddedResource();
    for (String name : List.of("kind", "apiVersion")) {
      JsonSchema property = schema.properties().get(name);
      if (resource && property != null && !property.type().equals("string")) {
        invalid(
            path + ".properties[" + name + "].type", Json.text(property.type()), "must be string");
      }
    }
    JsonSchema metadata = schema.properties().get("metadata");
    if (metadata != null) {
      String field = path + ".properties[metadata]";
      if (resource && !metadata.type().equals("object")) {
        invalid(field + ".type", Json.text(metadata.type()), "must be object");
      }
      if (level == Level.ROOT && saysMoreThanNames(metadata)) {
        forbidden(
            field,
            "must not specify anything other than name and generateName, but metadata is implicitly"
                + " specified");
      }
    }
    if (schema.embeddedResource()
        && !schema.preservesUnknownFields()
        && schema.properties().isEmpty()) {
      required(
          path + ".properties",
          "must not be empty if x-kubernetes-embedded-resource is true without"
              + " x-kubernetes-preserve-unknown-fields");
    }
  }

  private static boolean saysMoreThanNames(JsonSchema metadata) {
    for (Map.Entry<String, JsonNode> each : metadata.json().properties()) {
      boolean allowed = Set.of("type", "default", "properties").contains(each.getKey());
      if (!allowed && !Json.isZero(each.getValue())) {
        return true;
      }
    }
    return !Set.of("name", "generateName").containsAll(metadata.properties().keySet());
  }

  /** Whether they are {@code type: integer} and {@code type: string}, and nothing else. */
  private static boolean isIntOrString(List<JsonSchema> schemas) {
    return schemas.size() == 2
        && saysOnlyType(schemas.get(0), "integer")
        && saysOnlyType(schemas.get(1), "string");
  }

  private static boolean saysOnlyType(JsonSchema schema, String type) {
    for (Map.Entry<String, JsonNode> each : schema.json().properties()) {
      if (!each.getKey().equals("type") && !Json.isZero(each.getValue())) {
        return false;
      }
    }
    return schema.type().equals(type);
  }

  private void values(JsonSchema schema, boolean skipAnyOf, boolean skipFirstAllOf, String path) {
    for (int i = 0; i < schema.anyOf().size() && !skipAnyOf; i++) {
      nested(schema.anyOf().get(i), false, path + ".anyOf[" + i + "]");
    }
    for (int i = 0; i < schema.allOf().size(); i++) {
      nested(schema.allOf().get(i), skipFirstAllOf && i == 0, path + ".allOf[" + i + "]");
    }
    for (int i = 0; i < schema.oneOf().size(); i++) {
      nested(schema.oneOf().get(i), false, path + ".oneOf[" + i + "]");
    }
    if (schema.not() != null) {
      nested(schema.not(), false, path + ".not");
    }
    String patternError = schema.bounds().patternError();
    if (patternError != null) {
      invalid(
          path + ".pattern",
          Json.text(schema.bounds().pattern()),
          "must be a valid regular expression, but isn't: " + patternError);
    }
  }

  private void nested(JsonSchema schema, boolean skipAnyOf, String path) {
    values(schema, skipAnyOf, false, path);
    if (schema.items() != null) {
      nested(schema.items(), false, path + ".items");
    }
    schema
        .properties()
        .forEach((name, property) -> nested(property, false, path + ".properties[" + name + "]"));
    if (!schema.type().isEmpty()) {
      forbidden(path + ".type", "must be empty to be structural");
    }
    Additional additional = schema.additional();
    if (additional != null && additional.allowed()) {
      forbidden(path + ".additionalProperties", "must be undefined to be structural");
    }
    if (schema.defaultValue() != null) {
      forbidden(path + ".default", "must be undefined to be structural");
    }
    for (String keyword : List.of("title", "description")) {
      if (!Json.string(schema.json(), keyword).isEmpty()) {
        forbidden(path + "." + keyword, "must be empty to be structural");
      }
    }
    if (schema.nullable()) {
      forbidden(path + ".nullable", "must be false to be structural");
    }
    nestedExtensions(schema, path);
    if (schema.properties().containsKey("metadata")) {
      forbidden(path + ".properties[metadata]", "must not be specified in a nested context");
    }
  }

  private void nestedExtensions(JsonSchema schema, String path) {
    if (schema.preservesUnknownFields()) {
      forbidden(path + ".x-kubernetes-preserve-unknown-fields", "must be false to be structural");
    }
    if (schema.embeddedResource()) {
      forbidden(path + ".x-kubernetes-embedded-resource", "must be false to be structural");
    }
    if (schema.intOrString()) {
      forbidden(path + ".x-kubernetes-int-or-string", "must be false to be structural");
    }
    if (!schema.extensions().listMapKeys().isEmpty()) {
      forbidden(path + ".x-kubernetes-list-map-keys", "must be empty to be structural");
    }
    if (schema.extensions().listType() != null) {
      forbidden(path + ".x-kubernetes-list-type", "must be undefined to be structural");
    }
    if (schema.extensions().mapType() != null) {
      forbidden(path + ".x-kubernetes-map-type", "must be undefined to be structural");
    }
    if (!schema.extensions().rules().isEmpty()) {
      forbidden(path + ".x-kubernetes-validations", "must be empty to be structural");
    }
  }

  /** What alternatives say of a value, the schema says as well. */
  private void completeness(JsonSchema values, JsonSchema schema, String path, String valuesPath) {
    if (values.not() != null) {
      nestedCompleteness(values.not(), schema, path, valuesPath + ".not");
    }
    alternatives(values.allOf(), schema, path, valuesPath + ".allOf");
    alternatives(values.anyOf(), schema, path, valuesPath + ".anyOf");
    alternatives(values.oneOf(), schema, path, valuesPath + ".oneOf");
  }

  private void alternatives(
      List<JsonSchema> alternatives, JsonSchema schema, String path, String valuesPath) {
    for (int i = 0; i < alternatives.size(); i++) {
      nestedCompleteness(alternatives.get(i), schema, path, valuesPath + "[" + i + "]");
    }
  }

  private void nestedCompleteness(
      JsonSchema values, @Nullable JsonSchema schema, String path, String valuesPath) {
    if (schema == null) {
      required(path, "because it is defined in " + valuesPath);
      return;
    }
    completeness(values, schema, path, valuesPath);
    if (values.items() != null) {
      nestedCompleteness(values.items(), schema.items(), path + ".items", valuesPath + ".items");
    }
    values.properties().forEach((name, property) -> {
      String part = ".properties[" + name + "]";
      nestedCompleteness(property, schema.properties().get(name), path + part, valuesPath + part);
    });
  }

  private void required(String field, String detail) {
    errors.add(FieldError.required(field, detail));
  }

  private void forbidden(String field, String detail) {
    errors.add(FieldError.forbidden(field, detail));
  }

  private void invalid(String field, JsonNode value, String detail) {
    errors.add(FieldError.invalid(field, value, detail));
  }
}
