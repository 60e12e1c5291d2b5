package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields by which objects can be selected are scalars that the schema names. */
final class SelectableFieldRules {
  private static final int MAX_FIELDS = 8;

  /**
   * Where a path leads.
   *
   * @param names from the root
   * @param error why it leads nowhere; null if it does not
   */
  private record Target(
      List<String> names,
      @Nullable JsonSchema schema,
      @Nullable String error) {}

  private SelectableFieldRules() {}

  static List<FieldError> check(Version version, String path) {
    List<FieldError> errors = new ArrayList<>();
    Set<List<String>> seen = new HashSet<>();
    int i = 0;
    for (JsonNode each : version.json().path("selectableFields")) {
      String jsonPath = Json.string(each, "jsonPath");
      String field = path + "[" + i++ + "].jsonPath";
      if (jsonPath.isEmpty()) {
        errors.add(FieldError.required(field, ""));
        continue;
      }
      Target target = resolve(jsonPath, version.schema());
      if (target.error() != null) {
        errors.add(FieldError.invalid(
            field, Json.text(jsonPath), "is an invalid path: " + target.error()));
        continue;
      }
      if (!target.names().isEmpty() && target.names().getFirst().equals("metadata")) {
        errors.add(
            FieldError.invalid(field, Json.text(jsonPath), "must not point to fields in metadata"));
      }
      JsonSchema schema = target.schema();
      if (schema == null || !List.of("string", "boolean", "integer").contains(schema.type())) {
        errors.add(FieldError.invalid(
            field,
            Json.text(jsonPath),
            "must point to a field of type string, boolean or integer. Enum string fields and strings"
                + " with formats are allowed."));
      }
      if (!seen.add(target.names())) {
        errors.add(FieldError.duplicate(field, Json.text(jsonPath)));
      }
    }
    if (seen.size() > MAX_FIELDS) {
      errors.add(FieldError.tooMany(path, seen.size(), MAX_FIELDS));
    }
    return errors;
  }

  private static Target resolve(String jsonPath, @Nullable JsonSchema root) {
    List<String> names = new ArrayList<>();
    JsonSchema schema = root;
    List<String> tokens = tokens(jsonPath);
    for (int i = 0; i < tokens.size(); i += 2) {
      if (tokens.get(i).equals("[")) {
        return new Target(names, null, "array notation is not allowed");
      }
      if (!tokens.get(i).equals(".")) {
        return new Target(names, null, "expected [ or . but got: " + tokens.get(i));
      }
      if (i + 1 == tokens.size()) {
        return new Target(names, null, "unexpected end of JSON path");
      }
      String name = tokens.get(i + 1);
      if (!hasField(schema, name)) {
        return new Target(names, null, "does not refer to a valid field");
      }
      names.add(name);
      schema = part(schema, name);
    }
    return new Target(names, schema, null);
  }

  /** A map has every field, even if it is not said what they hold. */
  private static boolean hasField(@Nullable JsonSchema schema, String name) {
    return schema != null
        && (schema.properties().isEmpty()
            ? schema.additional() != null
            : schema.properties().containsKey(name));
  }

  private static @Nullable JsonSchema part(@Nullable JsonSchema schema, String name) {
    if (schema == null) {
      return null;
    }
    return schema.properties().isEmpty()
        ? schema.additionalSchema()
        : schema.properties().get(name);
  }

  /** Dots and brackets, and what is between them; what stands in single quotes is one. */
  private static List<String> tokens(String path) {
    List<String> tokens = new ArrayList<>();
    int start = 0;
    while (start < path.length()) {
      int end = start + 1;
      if (path.charAt(start) == '\'') {
        while (end < path.length() && !(path.charAt(end) == '\'' && path.charAt(end - 1) != '\\')) {
          end++;
        }
        end = Math.min(end + 1, path.length());
      } else if (".[]".indexOf(path.charAt(start)) < 0) {
        while (end < path.length() && ".[]".indexOf(path.charAt(end)) < 0) {
          end++;
        }
      }
      tokens.add(path.substring(start, end));
      start = end;
    }
    return tokens;
  }
}
