package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the names of a kind and its resource have to be, asked for or accepted. */
final class NamesRules {
  private NamesRules() {}

  static List<FieldError> check(JsonNode names, String path) {
    List<FieldError> errors = new ArrayList<>();
    for (String name : List.of("plural", "singular")) {
      String value = Json.string(names, name);
      if (!value.isEmpty()) {
        label(errors, path + "." + name, value, value, "");
      }
    }
    for (String name : List.of("kind", "listKind")) {
      String value = Json.string(names, name);
      if (!value.isEmpty()) {
        label(
            errors,
            path + "." + name,
            value,
            value.toLowerCase(Locale.ROOT),
            "may have mixed case, but should otherwise match: ");
      }
    }
    labels(errors, path, "shortNames", names);
    String kind = Json.string(names, "kind");
    String listKind = Json.string(names, "listKind");
    if (!kind.isEmpty() && kind.equals(listKind)) {
      errors.add(FieldError.invalid(
          path + ".listKind", Json.text(listKind), "kind and listKind may not be the same"));
    }
    labels(errors, path, "categories", names);
    return errors;
  }

  private static void labels(List<FieldError> errors, String path, String name, JsonNode names) {
    List<String> values = Json.strings(names, name);
    for (int i = 0; i < values.size(); i++) {
      label(errors, path + "." + name + "[" + i + "]", values.get(i), values.get(i), "");
    }
  }

  private static void label(
      List<FieldError> errors, String field, String value, String checked, String words) {
    List<String> wrong = NameRules.label1035(checked);
    if (!wrong.isEmpty()) {
      errors.add(FieldError.invalid(field, Json.text(value), words + String.join(",", wrong)));
    }
  }
}
