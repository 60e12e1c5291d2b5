package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.kvorum.apiserver.crd.schema.JsonSchema.Additional;
import dev.kvorum.apiserver.crd.schema.JsonSchema.Extensions;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads schemas. What is not of the type that the keyword has is told and otherwise taken as not there. */
public final class SchemaReader {
  /** How deep schemas may be nested: code that goes through them and through objects calls itself. */
  static final int MAX_DEPTH = 256;

  /** A schema that says nothing. */
  public static final JsonSchema ANYTHING =
      new SchemaReader().schema(JsonNodeFactory.instance.objectNode(), "", 0);

  private final List<FieldError> problems = new ArrayList<>();

  /**
   * A schema.
   *
   * @param path of it, for the messages
   * @param problems to which is added what cannot be read
   */
  public static JsonSchema read(ObjectNode json, String path, List<FieldError> problems) {
    SchemaReader reader = new SchemaReader();
    JsonSchema schema = reader.schema(json, path, 0);
    problems.addAll(reader.problems);
    return schema;
  }

  private JsonSchema schema(JsonNode given, String path, int depth) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (given instanceof ObjectNode object && depth < MAX_DEPTH) {
      json = object;
    } else if (given.isObject()) {
      problems.add(
          FieldError.forbidden(path, "must not be nested more than " + MAX_DEPTH + " levels deep"));
    } else if (!given.isNull()) {
      wrongType(given, path, "object");
    }
    return new JsonSchema(
        text(json, "type", path),
        flag(json, "nullable", path),
        present(json.get("default")),
        bounds(json, path),
        items(json, path, depth),
        properties(json, path, depth),
        additional(json, path, depth),
        schemas(json, "allOf", path, depth),
        schemas(json, "anyOf", path, depth),
        schemas(json, "oneOf", path, depth),
        present(json.get("not")) == null ? null : schema(json.get("not"), path + ".not", depth + 1),
        extensions(json, path),
        json);
  }

  private Bounds bounds(ObjectNode json, String path) {
    String pattern = text(json, "pattern", path);
    Pattern compiled = null;
    String patternError = null;
    if (!pattern.isEmpty()) {
      try {
        compiled = Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        patternError = e.getMessage();
      }
    }
    return new Bounds(
        text(json, "format", path),
        decimal(json, "maximum", path),
        flag(json, "exclusiveMaximum", path),
        decimal(json, "minimum", path),
        flag(json, "exclusiveMinimum", path),
        decimal(json, "multipleOf", path),
        whole(json, "maxLength", path),
        whole(json, "minLength", path),
        pattern,
        compiled,
        patternError,
        whole(json, "maxItems", path),
        whole(json, "minItems", path),
        flag(json, "uniqueItems", path),
        whole(json, "maxProperties", path),
        whole(json, "minProperties", path),
        list(json, "enum", path),
        texts(json, "required", path));
  }

  private Extensions extensions(ObjectNode json, String path) {
    JsonNode preserve = present(json.get("x-kubernetes-preserve-unknown-fields"));
    return new Extensions(
        preserve == null ? null : flag(json, "x-kubernetes-preserve-unknown-fields", path),
        flag(json, "x-kubernetes-embedded-resource", path),
        flag(json, "x-kubernetes-int-or-string", path),
        texts(json, "x-kubernetes-list-map-keys", path),
        optionalText(json, "x-kubernetes-list-type", path),
        optionalText(json, "x-kubernetes-map-type", path),
        list(json, "x-kubernetes-validations", path));
  }

  private @Nullable JsonSchema items(ObjectNode json, String path, int depth) {
    JsonNode items = json.get("items");
    // A list of schemas is refused elsewhere.
    return items != null && items.isObject() ? schema(items, path + ".items", depth + 1) : null;
  }

  private Map<String, JsonSchema> properties(ObjectNode json, String path, int depth) {
    Map<String, JsonSchema> properties = new LinkedHashMap<>();
    JsonNode given = present(json.get("properties"));
    if (given instanceof ObjectNode object) {
      object
          .properties()
          .forEach(each -> properties.put(
              each.getKey(),
              schema(each.getValue(), path + ".properties[" + each.getKey() + "]", depth + 1)));
    } else if (given != null) {
      wrongType(given, path + ".properties", "object");
    }
    return Collections.unmodifiableMap(properties);
  }

  private @Nullable Additional additional(ObjectNode json, String path, int depth) {
    JsonNode given = present(json.get("additionalProperties"));
    if (given == null) {
      return null;
    }
    if (given.isBoolean()) {
      return new Additional(given.booleanValue(), null);
    }
    return new Additional(true, schema(given, path + ".additionalProperties", depth + 1));
  }

  private List<JsonSchema> schemas(ObjectNode json, String keyword, String path, int depth) {
    List<JsonSchema> schemas = new ArrayList<>();
    for (JsonNode each : list(json, keyword, path)) {
      schemas.add(schema(each, path + "." + keyword + "[" + schemas.size() + "]", depth + 1));
    }
    return List.copyOf(schemas);
  }

  private List<JsonNode> list(ObjectNode json, String keyword, String path) {
    JsonNode given = present(json.get(keyword));
    List<JsonNode> list = new ArrayList<>();
    if (given != null && given.isArray()) {
      given.forEach(list::add);
    } else if (given != null) {
      wrongType(given, path + "." + keyword, "array");
    }
    return List.copyOf(list);
  }

  private List<String> texts(ObjectNode json, String keyword, String path) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list(json, keyword, path)) {
      if (each.isTextual()) {
        texts.add(each.textValue());
      } else {
        wrongType(each, path + "." + keyword, "string");
      }
    }
    return List.copyOf(texts);
  }

  private String text(ObjectNode json, String keyword, String path) {
    String text = optionalText(json, keyword, path);
    return text == null ? "" : text;
  }

  private @Nullable String optionalText(ObjectNode json, String keyword, String path) {
    JsonNode given = present(json.get(keyword));
    if (given == null || given.isTextual()) {
      return given == null ? null : given.textValue();
    }
    wrongType(given, path + "." + keyword, "string");
    return null;
  }

  private boolean flag(ObjectNode json, String keyword, String path) {
    JsonNode given = present(json.get(keyword));
    if (given != null && !given.isBoolean()) {
      wrongType(given, path + "." + keyword, "boolean");
    }
    return given != null && given.asBoolean();
  }

  private @Nullable Double decimal(ObjectNode json, String keyword, String path) {
    JsonNode given = present(json.get(keyword));
    if (given == null || given.isNumber()) {
      return given == null ? null : (Double) given.doubleValue();
    }
    wrongType(given, path + "." + keyword, "number");
    return null;
  }

  private @Nullable Long whole(ObjectNode json, String keyword, String path) {
    JsonNode given = present(json.get(keyword));
    if (given == null || (given.isIntegralNumber() && given.canConvertToLong())) {
      return given == null ? null : (Long) given.longValue();
    }
    wrongType(given, path + "." + keyword, "integer");
    return null;
  }

  private void wrongType(JsonNode given, String path, String type) {
    problems.add(FieldError.invalid(path, GoJson.sorted(given), "must be of type " + type));
  }

  private static @Nullable JsonNode present(@Nullable JsonNode value) {
    return value == null || value.isNull() ? null : value;
  }
}
