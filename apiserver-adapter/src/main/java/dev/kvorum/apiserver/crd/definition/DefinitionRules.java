package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.status.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a definition's spec has to be. */
final class DefinitionRules {
  private static final int MAX_DEPRECATION_WARNING_BYTES = 256;

  private final JsonNode spec;
  private final Tolerance tolerance;
  private final SharedParts shared;
  private final List<Version> versions;
  private final boolean preservesUnknownFields;
  private final List<FieldError> errors = new ArrayList<>();

  private DefinitionRules(JsonNode spec, Tolerance tolerance) {
    this.spec = spec;
    this.tolerance = tolerance;
    this.shared = SharedParts.of(spec.path("versions"));
    this.versions = Version.of(spec, shared);
    this.preservesUnknownFields = Json.flag(spec, "preserveUnknownFields");
  }

  /** What is wrong with it. */
  static List<FieldError> check(JsonNode spec, Tolerance tolerance) {
    DefinitionRules rules = new DefinitionRules(spec, tolerance);
    for (Version version : rules.versions) {
      rules.errors.addAll(version.unreadable());
      if (rules.shared.schema()) {
        break;
      }
    }
    if (rules.errors.isEmpty()) {
      rules.spec();
    }
    return rules.errors;
  }

  private void spec() {
    group();
    scope();
    schemasPresent();
    boolean defaults = Tolerance.any(schemas(), each -> each.defaultValue() != null);
    if (defaults && preservesUnknownFields) {
      invalid(
          "spec.preserveUnknownFields",
          BooleanNode.TRUE,
          "must be false in order to use defaults in the schema");
    }
    Set<String> names = new HashSet<>();
    int stored = 0;
    for (int i = 0; i < versions.size(); i++) {
      Version version = versions.get(i);
      names.add(version.name());
      stored += version.stored() ? 1 : 0;
      String path = "spec.versions[" + i + "]";
      label(path + ".name", version.name());
      version(version, path);
    }
    JsonNode shown = InternalForm.versions(spec.path("versions"), shared);
    if (names.size() < versions.size()) {
      invalid("spec.versions", shown, "must contain unique version names");
    }
    if (stored != 1) {
      invalid("spec.versions", shown, "must have exactly one version marked as storage version");
    }
    if (!versions.isEmpty() && !versions.getFirst().name().isEmpty()) {
      label("spec.version", versions.getFirst().name());
    }
    names();
    sharedParts();
    errors.addAll(ConversionRules.check(spec, versions.size()));
  }

  private List<JsonSchema> schemas() {
    List<JsonSchema> schemas = new ArrayList<>();
    for (Version version : versions) {
      if (version.schema() != null) {
        schemas.add(version.schema());
      }
    }
    return schemas;
  }

  private void group() {
    String group = Json.string(spec, "group");
    if (group.isEmpty()) {
      errors.add(FieldError.required("spec.group", ""));
      return;
    }
    List<String> wrong = NameRules.subdomain(group);
    if (!wrong.isEmpty()) {
      invalid("spec.group", Json.text(group), String.join(",", wrong));
    } else if (!group.contains(".")) {
      invalid("spec.group", Json.text(group), "should be a domain with at least one dot");
    }
  }

  private void scope() {
    String scope = Json.string(spec, "scope");
    List<String> scopes = List.of("Cluster", "Namespaced");
    if (scope.isEmpty()) {
      errors.add(FieldError.required("spec.scope", ""));
    } else if (!scopes.contains(scope)) {
      errors.add(FieldError.notSupported("spec.scope", Json.text(scope), scopes));
    }
  }

  private void schemasPresent() {
    for (int i = 0; i < versions.size(); i++) {
      String path = "spec.versions[" + i + "].schema.openAPIV3Schema";
      if (versions.get(i).schema() != null) {
        continue;
      }
      if (!tolerance.missingSchemas()) {
        errors.add(FieldError.required(path, ""));
      } else if (!preservesUnknownFields && versions.get(i).served()) {
        errors.add(FieldError.required(path, "because otherwise all fields are pruned"));
      }
    }
  }

  private void version(Version version, String path) {
    deprecation(version.json(), path + ".deprecationWarning");
    if (!shared.schema()) {
      schema(version, version.hasStatus(), path + ".schema");
    }
    if (!shared.subresources()) {
      errors.addAll(ColumnRules.scale(version.json(), path + ".subresources"));
    }
    if (!shared.columns()) {
      errors.addAll(ColumnRules.columns(version.json(), path + ".additionalPrinterColumns"));
    }
    if (!shared.selectableFields() && !version.json().path("selectableFields").isEmpty()) {
      String field = path + ".selectableFields";
      if (shared.schema() || version.schema() == null) {
        invalid(
            field,
            Json.text(""),
            "may only be set when `version.schema.openAPIV3Schema` is not included");
      } else {
        errors.addAll(SelectableFieldRules.check(version, field));
      }
    }
  }

  private void deprecation(JsonNode version, String path) {
    JsonNode given = Json.present(version, "deprecationWarning");
    if (given == null) {
      return;
    }
    JsonNode warning = GoJson.pointer(given);
    if (!Json.flag(version, "deprecated")) {
      invalid(path, warning, "can only be set for deprecated versions");
      return;
    }
    String text = given.asText();
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_DEPRECATION_WARNING_BYTES) {
      invalid(path, warning, "must be <= 256 characters long");
    }
    if (text.isEmpty()) {
      invalid(path, warning, "must not be an empty string");
    }
    int bytes = 0;
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      int each = text.codePointAt(i);
      if (!GoJson.isPrintable(each)) {
        invalid(
            path,
            warning,
            "must only contain printable UTF-8 characters; non-printable character found at index "
                + bytes);
        return;
      }
      bytes += Character.toString(each).getBytes(StandardCharsets.UTF_8).length;
    }
  }

  private void schema(Version version, boolean hasStatus, String path) {
    JsonSchema schema = version.schema();
    if (schema == null) {
      return;
    }
    String field = path + ".openAPIV3Schema";
    int before = errors.size();
    if (hasStatus) {
      rootWithStatus(schema, field);
    }
    if (schema.nullable()) {
      errors.add(FieldError.forbidden(field + ".nullable", "nullable cannot be true at the root"));
    }
    String unsupported = UnsupportedKeywords.find(schema);
    boolean structural = !tolerance.nonStructural()
        || !preservesUnknownFields
        || Tolerance.any(List.of(schema), DefinitionRules::hasExtensions);
    if (structural && unsupported == null) {
      List<FieldError> found = StructuralRules.check(schema, field);
      errors.addAll(
          found.isEmpty()
              ? DefaultRules.check(schema, field, tolerance.unprunedDefaults())
              : found);
    }
    errors.addAll(SchemaRules.check(schema, field, tolerance));
    if (structural && unsupported != null && errors.size() == before) {
      invalid(field, Json.text(""), unsupported);
    }
  }

  private static boolean hasExtensions(JsonSchema schema) {
    JsonSchema.Extensions extensions = schema.extensions();
    return extensions.embeddedResource()
        || extensions.preserveUnknownFields() != null
        || extensions.intOrString()
        || !extensions.listMapKeys().isEmpty()
        || extensions.listType() != null
        || !extensions.rules().isEmpty()
        || schema.defaultValue() != null;
  }

  private static final List<String> ALLOWED_BESIDE_STATUS = List.of(
      "Description",
      "Type",
      "Format",
      "Title",
      "Maximum",
      "ExclusiveMaximum",
      "Minimum",
      "ExclusiveMinimum",
      "MaxLength",
      "MinLength",
      "Pattern",
      "MaxItems",
      "MinItems",
      "UniqueItems",
      "MultipleOf",
      "Required",
      "Items",
      "Properties",
      "ExternalDocs",
      "Example",
      "XPreserveUnknownFields",
      "XValidations");

  /** The status has its own path: what the schema says of it must not stand anywhere else. */
  private void rootWithStatus(JsonSchema schema, String field) {
    JsonNode shown = InternalForm.schema(schema.json());
    for (var each : shown.properties()) {
      if (Json.isZero(each.getValue())) {
        continue;
      }
      if (each.getKey().equals("Type") && !schema.type().equals("object")) {
        invalid(
            field + ".type",
            Json.text(schema.type()),
            "only \"object\" is allowed as the type at the root of the schema if the status"
                + " subresource is enabled");
        return;
      }
      if (!ALLOWED_BESIDE_STATUS.contains(each.getKey())) {
        invalid(
            field,
            shown,
            "only [" + String.join(" ", ALLOWED_BESIDE_STATUS)
                + "] fields are allowed at the root of the schema if the status subresource is"
                + " enabled");
        return;
      }
    }
  }

  private void names() {
    JsonNode names = spec.path("names");
    for (String name : List.of("plural", "singular", "kind", "listKind")) {
      if (Json.string(names, name).isEmpty()) {
        errors.add(FieldError.required("spec.names." + name, ""));
      }
    }
    errors.addAll(NamesRules.check(names, "spec.names"));
  }

  private void sharedParts() {
    if (versions.isEmpty()) {
      return;
    }
    Version first = versions.getFirst();
    if (shared.schema()) {
      boolean hasStatus = versions.stream().anyMatch(Version::hasStatus);
      schema(first, hasStatus, "spec.validation");
    }
    if (shared.subresources()) {
      errors.addAll(ColumnRules.scale(first.json(), "spec.subresources"));
    }
    if (shared.columns()) {
      errors.addAll(ColumnRules.columns(first.json(), "spec.additionalPrinterColumns"));
    }
    if (shared.selectableFields() && !first.json().path("selectableFields").isEmpty()) {
      if (shared.schema() && first.schema() != null) {
        errors.addAll(SelectableFieldRules.check(first, "spec.selectableFields"));
      } else {
        invalid(
            "spec.selectableFields",
            Json.text(""),
            "may only be set when validations.schema is included");
      }
    }
  }

  private void label(String field, String value) {
    List<String> wrong = NameRules.label1035(value);
    if (!wrong.isEmpty()) {
      invalid(field, Json.text(value), String.join(",", wrong));
    }
  }

  private void invalid(String field, JsonNode value, String detail) {
    errors.add(FieldError.invalid(field, value, detail));
  }
}
