package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;

/** What the columns of a version's table and the paths of its scale have to be. */
final class ColumnRules {
  private static final List<String> TYPES =
      List.of("boolean", "date", "integer", "number", "string");
  private static final List<String> FORMATS =
      List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");

  private ColumnRules() {}

  static List<FieldError> columns(JsonNode version, String path) {
    List<FieldError> errors = new ArrayList<>();
    int i = 0;
    for (JsonNode column : version.path("additionalPrinterColumns")) {
      column(column, path + "[" + i++ + "]", errors);
    }
    return errors;
  }

  private static void column(JsonNode column, String path, List<FieldError> errors) {
    if (Json.string(column, "name").isEmpty()) {
      errors.add(FieldError.required(path + ".name", ""));
    }
    String type = Json.string(column, "type");
    String types = "must be one of " + String.join(",", TYPES);
    if (type.isEmpty()) {
      errors.add(FieldError.required(path + ".type", types));
    } else if (!TYPES.contains(type)) {
      errors.add(FieldError.invalid(path + ".type", Json.text(type), types));
    }
    String format = Json.string(column, "format");
    if (!format.isEmpty() && !FORMATS.contains(format)) {
      errors.add(FieldError.invalid(
          path + ".format", Json.text(format), "must be one of " + String.join(",", FORMATS)));
    }
    String jsonPath = Json.string(column, "jsonPath");
    if (jsonPath.isEmpty()) {
      errors.add(FieldError.required(path + ".JSONPath", ""));
    } else {
      beginsWithDot(jsonPath, path + ".JSONPath", errors);
    }
  }

  static List<FieldError> scale(JsonNode version, String path) {
    List<FieldError> errors = new ArrayList<>();
    JsonNode scale = Json.present(version.path("subresources"), "scale");
    if (scale == null) {
      return errors;
    }
    replicas(scale, "specReplicasPath", ".spec", path, errors);
    replicas(scale, "statusReplicasPath", ".status", path, errors);
    String selector = Json.string(scale, "labelSelectorPath");
    String field = path + ".scale.labelSelectorPath";
    if (!selector.isEmpty()
        && beginsWithDot(selector, field, errors)
        && !selector.startsWith(".spec.")
        && !selector.startsWith(".status.")) {
      errors.add(FieldError.invalid(
          field,
          GoJson.pointer(Json.text(selector)),
          "should be a json path under either .spec or .status"));
    }
    return errors;
  }

  private static void replicas(
      JsonNode scale, String name, String parent, String path, List<FieldError> errors) {
    String value = Json.string(scale, name);
    String field = path + ".scale." + name;
    if (value.isEmpty()) {
      errors.add(FieldError.required(field, ""));
    } else if (beginsWithDot(value, field, errors) && !value.startsWith(parent + ".")) {
      errors.add(
          FieldError.invalid(field, Json.text(value), "should be a json path under " + parent));
    }
  }

  private static boolean beginsWithDot(String path, String field, List<FieldError> errors) {
    if (path.startsWith(".")) {
      return true;
    }
    errors.add(
        FieldError.invalid(field, Json.text(path), "must be a simple json path starting with ."));
    return false;
  }
}
