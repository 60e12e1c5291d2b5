package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema.Additional;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds values against a schema. The order of the checks and what counts as a match decide which failures are told of
 * several alternatives; both are as in the Kubernetes API.
 */
public final class SchemaValidation {

  /** How it reads a schema. */
  private enum Reading {
    /** For objects. */
    OBJECT,
    /**
     * For defaults: a value that is an integer or a string has no type of its own, and formats that nobody knows still
     * count as formats.
     */
    DEFAULT
  }

  private final Reading reading;

  private SchemaValidation(Reading reading) {
    this.reading = reading;
  }

  /**
   * What is wrong with a value.
   *
   * @param base its path; empty for a whole object
   */
  public static List<FieldError> validate(JsonNode value, JsonSchema schema, String base) {
    return new SchemaValidation(Reading.OBJECT).check(schema, value, "", null).errors(base);
  }

  /** What is wrong with a default. */
  public static List<FieldError> validateDefault(JsonNode value, JsonSchema schema, String base) {
    return new SchemaValidation(Reading.DEFAULT).check(schema, value, "", null).errors(base);
  }

  /**
   * What is wrong with a value that replaces another. What has not changed is not told.
   *
   * @param base its path; empty for a whole object
   */
  public static List<FieldError> validateUpdate(
      JsonNode value, JsonNode before, JsonSchema schema, String base) {
    return new SchemaValidation(Reading.OBJECT)
        .checkUnlessUnchanged(schema, value, "", new Correlation(value, before, schema))
        .errors(base);
  }

  private Outcome checkUnlessUnchanged(
      JsonSchema schema, JsonNode value, String path, @Nullable Correlation old) {
    Outcome outcome = check(schema, value, path, old);
    return old == null || outcome.isValid() || !old.isUnchanged() ? outcome : outcome.forgiven();
  }

  /** @param old null if there is nothing that the value replaces */
  private Outcome check(JsonSchema schema, JsonNode value, String path, @Nullable Correlation old) {
    Outcome outcome = new Outcome();
    if (value.isNull()) {
      return outcome.merge(checkNull(schema, path)).merge(checkEnum(schema, value, path));
    }
    if (!types(schema).isEmpty() || !format(schema).isEmpty()) {
      add(outcome, checkType(schema, value, path));
    }
    add(outcome, checkAlternatives(schema, value, path));
    if (value.isTextual()) {
      add(outcome, checkText(schema.bounds(), value, path));
      if (Formats.isKnown(format(schema))) {
        add(outcome, checkFormat(format(schema), value, path));
      }
    } else if (value.isNumber()) {
      add(outcome, NumberRules.check(types(schema), format(schema), schema.bounds(), value, path));
    } else if (value instanceof ArrayNode list) {
      add(outcome, checkList(schema, list, path, old));
    }
    add(outcome, checkEnum(schema, value, path));
    if (value instanceof ObjectNode object) {
      add(outcome, checkObject(schema, object, path, old));
    }
    outcome.match();
    return outcome;
  }

  private static void add(Outcome outcome, Outcome part) {
    outcome.merge(part);
    outcome.match();
  }

  private List<String> types(JsonSchema schema) {
    if (reading == Reading.OBJECT && schema.intOrString()) {
      return List.of("integer", "string");
    }
    return schema.type().isEmpty() ? List.of() : List.of(schema.type());
  }

  /** Empty unless values of that type have such a format. */
  private String format(JsonSchema schema) {
    String format = schema.bounds().format();
    return reading == Reading.DEFAULT || Formats.isFor(types(schema), format) ? format : "";
  }

  private Outcome checkNull(JsonSchema schema, String path) {
    Outcome outcome = new Outcome();
    List<String> types = types(schema);
    if (types.isEmpty() || schema.nullable()) {
      outcome.match();
    } else {
      wrongType(outcome, path, String.join(",", types), "null");
    }
    return outcome;
  }

  private Outcome checkType(JsonSchema schema, JsonNode value, String path) {
    Outcome outcome = new Outcome();
    List<String> types = types(schema);
    String format = format(schema);
    String type = Values.typeOf(value);
    boolean textOrList = value.isTextual() || value.isArray();
    boolean fits = types.contains(type)
        || (type.equals("number")
            && types.contains("integer")
            && NumberRules.isWhole(value.doubleValue()))
        || (type.equals("integer") && types.contains("number"));
    String valueFormat = type.equals("integer") ? "int64" : type.equals("number") ? "float64" : "";
    if (!textOrList && !format.isEmpty() && !fits && !valueFormat.equals(format)) {
      wrongType(outcome, path, format, valueFormat);
    } else if (fits
        || (textOrList
            && !format.isEmpty()
            && !types.contains("number")
            && !types.contains("integer"))) {
      outcome.match();
    } else {
      wrongType(outcome, path, String.join(",", types), type);
    }
    return outcome;
  }

  private static void wrongType(Outcome outcome, String path, String wanted, String found) {
    String message = path + " in body must be of type " + wanted + ": " + GoJson.quoted(found);
    outcome.fail(
        path, message, field -> FieldError.typeInvalid(field, TextNode.valueOf(found), message));
  }

  private static Outcome checkFormat(String format, JsonNode value, String path) {
    Outcome outcome = new Outcome();
    if (!Formats.matches(format, value.textValue())) {
      wrongType(outcome, path, format, value.textValue());
    }
    return outcome;
  }

  private static Outcome checkText(Bounds bounds, JsonNode value, String path) {
    Outcome outcome = new Outcome();
    String text = value.textValue();
    int length = text.codePointCount(0, text.length());
    if (bounds.maxLength() != null && length > bounds.maxLength()) {
      long max = bounds.maxLength();
      outcome.fail(
          path,
          path + " in body should be at most " + max + " chars long",
          field -> FieldError.tooLong(field, (int) max));
    } else if (bounds.minLength() != null && length < bounds.minLength()) {
      outcome.invalid(
          path, value, path + " in body should be at least " + bounds.minLength() + " chars long");
    } else if (bounds.compiledPattern() != null
        && !bounds.compiledPattern().matcher(text).find()) {
      outcome.invalid(path, value, path + " in body should match '" + bounds.pattern() + "'");
    } else if (bounds.patternError() != null) {
      outcome.invalid(
          path,
          value,
          path + " in body should match '" + bounds.pattern() + ", but pattern is invalid: "
              + bounds.patternError() + "'");
    }
    return outcome;
  }

  private static Outcome checkEnum(JsonSchema schema, JsonNode value, String path) {
    Outcome outcome = new Outcome();
    List<JsonNode> allowed = schema.bounds().enumValues();
    if (allowed.isEmpty() || allowed.stream().anyMatch(each -> isEnumValue(value, each))) {
      return outcome;
    }
    List<String> shown = allowed.stream()
        .map(each -> each.isTextual() ? each.textValue() : GoJson.of(GoJson.sorted(each)))
        .toList();
    outcome.fail(
        path,
        path + " in body should be one of " + shown,
        field -> FieldError.notSupported(field, GoJson.sorted(value), shown));
    return outcome;
  }

  /** Whole and floating numbers are converted to what the allowed one is; null is never allowed. */
  private static boolean isEnumValue(JsonNode value, JsonNode allowed) {
    if (value.isNull() || allowed.isNull()) {
      return false;
    }
    if (value.isNumber() && allowed.isNumber()) {
      return Values.isWhole(allowed)
          ? (Values.isWhole(value) ? value.longValue() : (long) value.doubleValue())
              == allowed.longValue()
          : value.doubleValue() == allowed.doubleValue();
    }
    return Values.equal(value, allowed);
  }

  private Outcome checkList(
      JsonSchema schema, ArrayNode list, String path, @Nullable Correlation old) {
    Outcome outcome = new Outcome();
    JsonSchema items = schema.items();
    if (items != null) {
      for (int i = 0; i < list.size(); i++) {
        outcome.merge(checkUnlessUnchanged(
            items, list.get(i), path + "[" + i + "]", old == null ? null : old.element(i)));
      }
    }
    Long min = schema.bounds().minItems();
    if (min != null && list.size() < min) {
      outcome.invalid(
          path,
          NumberRules.node(list.size()),
          path + " in body should have at least " + min + " items");
    }
    Long max = schema.bounds().maxItems();
    if (max != null && list.size() > max) {
      outcome.fail(
          path,
          path + " in body should have at most " + max + " items",
          field -> FieldError.tooMany(field, list.size(), max));
    }
    outcome.match();
    return outcome;
  }

  private Outcome checkObject(
      JsonSchema schema, ObjectNode object, String path, @Nullable Correlation old) {
    Outcome outcome = new Outcome();
    Long min = schema.bounds().minProperties();
    if (min != null && object.size() < min) {
      outcome.invalid(
          path,
          NumberRules.node(object.size()),
          path + " in body should have at least " + min + " properties");
    }
    Long max = schema.bounds().maxProperties();
    if (max != null && object.size() > max) {
      outcome.fail(
          path,
          path + " in body should have at most " + max + " properties",
          field -> FieldError.tooMany(field, object.size(), max));
    }
    Additional additional = schema.additional();
    if (additional != null) {
      for (String name : Pruning.names(object)) {
        if (!schema.properties().containsKey(name)) {
          checkAdditional(additional, object, name, path, old, outcome);
        }
      }
    }
    schema.properties().forEach((name, property) -> {
      JsonNode value = object.get(name);
      if (value != null) {
        outcome.merge(
            checkUnlessUnchanged(property, value, Values.child(path, name), part(old, path, name)));
      }
    });
    for (String name : schema.bounds().required()) {
      if (!object.has(name)) {
        outcome.fail(
            path + "." + name,
            path + "." + name + " in body is required",
            field -> FieldError.required(field, ""));
      }
    }
    return outcome;
  }

  private void checkAdditional(
      Additional additional,
      ObjectNode object,
      String name,
      String path,
      @Nullable Correlation old,
      Outcome outcome) {
    if (!additional.allowed()) {
      outcome.invalid(
          path, TextNode.valueOf(name), path + "." + name + " in body is a forbidden property");
    } else if (additional.schema() != null) {
      outcome.merge(checkUnlessUnchanged(
          additional.schema(), object.get(name), path + "." + name, part(old, path, name)));
    }
  }

  private static @Nullable Correlation part(@Nullable Correlation old, String path, String name) {
    // Both objects were brought into the same version: a difference there does not show.
    boolean ofKind = path.isEmpty() && (name.equals("kind") || name.equals("apiVersion"));
    return old == null || ofKind ? null : old.field(name);
  }

  /** What an alternative says is told even of what has not changed. */
  private Outcome checkAlternatives(JsonSchema schema, JsonNode value, String path) {
    Outcome outcome = new Outcome();
    if (!schema.anyOf().isEmpty()) {
      checkAnyOf(schema, value, path, outcome);
    }
    if (!schema.oneOf().isEmpty()) {
      checkOneOf(schema, value, path, outcome);
    }
    if (!schema.allOf().isEmpty()) {
      checkAllOf(schema, value, path, outcome);
    }
    JsonSchema not = schema.not();
    if (not != null && check(not, value, path, null).isValid()) {
      outcome.invalidAsAWhole(GoJson.quoted(path) + " must not validate the schema (not)");
    }
    outcome.match();
    return outcome;
  }

  private void checkAnyOf(JsonSchema schema, JsonNode value, String path, Outcome outcome) {
    Outcome best = null;
    for (JsonSchema each : schema.anyOf()) {
      Outcome found = check(each, value, path, null);
      if (found.isValid()) {
        outcome.merge(found);
        return;
      }
      best = best == null || found.matches() > best.matches() ? found : best;
    }
    outcome.invalidAsAWhole(GoJson.quoted(path) + " must validate at least one schema (anyOf)");
    if (best != null) {
      outcome.merge(best);
    }
  }

  private void checkOneOf(JsonSchema schema, JsonNode value, String path, Outcome outcome) {
    Outcome best = null;
    Outcome first = null;
    int valid = 0;
    for (JsonSchema each : schema.oneOf()) {
      Outcome found = check(each, value, path, null);
      if (found.isValid()) {
        valid++;
        first = first == null ? found : first;
      } else if (valid == 0 && (best == null || found.matches() > best.matches())) {
        best = found;
      }
    }
    if (valid == 1 && first != null) {
      outcome.merge(first);
      return;
    }
    outcome.invalidAsAWhole(GoJson.quoted(path) + " must validate one and only one schema (oneOf). "
        + (valid == 0 ? "Found none valid" : "Found " + valid + " valid alternatives"));
    if (valid == 0 && best != null) {
      outcome.merge(best);
    }
  }

  private void checkAllOf(JsonSchema schema, JsonNode value, String path, Outcome outcome) {
    int valid = 0;
    for (JsonSchema each : schema.allOf()) {
      Outcome found = check(each, value, path, null);
      valid += found.isValid() ? 1 : 0;
      outcome.merge(found);
    }
    if (valid != schema.allOf().size()) {
      outcome.invalidAsAWhole(GoJson.quoted(path) + " must validate all the schemas (allOf)"
          + (valid == 0 ? ". None validated" : ""));
    }
  }
}
