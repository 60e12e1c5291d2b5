package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.schema.Formats;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.Values;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a definition when it is written. The objects are definitions in {@code apiextensions.k8s.io/v1} whose
 * fields have their declared types; below the keywords of schemas, that is checked here. What is wrong with the metadata
 * besides the name is not told.
 */
public final class Definitions {
  private static final String REPLACEMENT =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
          + " spec.versions[*].schema instead";

  private Definitions() {}

  /**
   * Fills in what follows from the rest.
   *
   * @param definition is changed
   */
  public static void applyDefaults(ObjectNode definition) {
    ObjectNode spec = Json.objectIn(definition, "spec");
    ObjectNode names = Json.objectIn(spec, "names");
    String kind = Json.string(names, "kind");
    if (Json.string(names, "singular").isEmpty() && !kind.isEmpty()) {
      names.put("singular", kind.toLowerCase(Locale.ROOT));
    }
    if (Json.string(names, "listKind").isEmpty() && !kind.isEmpty()) {
      names.put("listKind", kind + "List");
    }
    if (Json.present(spec, "conversion") == null) {
      spec.putObject("conversion").put("strategy", "None");
    }
    if (spec.path("conversion").path("webhook").path("clientConfig").get("service")
            instanceof ObjectNode service
        && Json.present(service, "port") == null) {
      service.put("port", 443);
    }
    if (definition.path("status").path("storedVersions").isEmpty()) {
      storeVersion(definition);
    }
  }

  /**
   * Makes a new definition of what a client sent: with a status of its own.
   *
   * @param definition with its defaults; is changed
   */
  public static void prepareForCreate(ObjectNode definition) {
    ObjectNode status = definition.putObject("status");
    status.putNull("conditions");
    status.putObject("acceptedNames").put("plural", "").put("kind", "");
    status.putArray("storedVersions");
    storeVersion(definition);
    Json.objectIn(definition, "metadata").put("generation", 1);
  }

  /**
   * Makes the new state of a definition of what a client sent: with the status that it has.
   *
   * @param definition with its defaults; is changed
   */
  public static void prepareForUpdate(ObjectNode definition, ObjectNode old) {
    if (old.get("status") instanceof ObjectNode status) {
      definition.set("status", status.deepCopy());
    } else {
      definition.remove("status");
    }
    long generation = old.path("metadata").path("generation").asLong();
    boolean changed = !Values.equal(definition.get("spec"), old.get("spec"));
    Json.objectIn(definition, "metadata").put("generation", changed ? generation + 1 : generation);
    storeVersion(definition);
  }

  /**
   * Makes the new state of a definition of what a client sent as its status: with the spec that it has.
   *
   * @param definition is changed
   */
  public static void prepareForStatusUpdate(ObjectNode definition, ObjectNode old) {
    definition.set("spec", old.path("spec").deepCopy());
    JsonNode generation = old.path("metadata").get("generation");
    if (generation != null) {
      Json.objectIn(definition, "metadata").set("generation", generation);
    }
  }

  /** Objects are stored in this version from now on, and may be for long. */
  private static void storeVersion(ObjectNode definition) {
    for (JsonNode version : definition.path("spec").path("versions")) {
      if (Json.flag(version, "storage")) {
        ObjectNode status = Json.objectIn(definition, "status");
        String name = Json.string(version, "name");
        if (!Json.strings(status, "storedVersions").contains(name)) {
          ArrayNode stored = status.get("storedVersions") instanceof ArrayNode list
              ? list
              : status.putArray("storedVersions");
          stored.add(name);
        }
        return;
      }
    }
  }

  /** What is wrong with a definition's name. */
  public static List<String> wrongName(ObjectNode definition, String name) {
    List<String> wrong = new ArrayList<>(NameRules.subdomain(name));
    JsonNode spec = definition.path("spec");
    String wanted = Json.string(spec.path("names"), "plural") + "." + Json.string(spec, "group");
    if (!name.equals(wanted)) {
      wrong.add("must be spec.names.plural+\".\"+spec.group");
    }
    return wrong;
  }

  /** What is wrong with a new definition. */
  public static List<FieldError> validate(ObjectNode definition) {
    List<FieldError> errors =
        new ArrayList<>(DefinitionRules.check(definition.path("spec"), Tolerance.NONE));
    status(definition, errors);
    errors.addAll(ApiApproval.check(definition, null));
    preserveUnknownFields(definition, errors);
    return errors;
  }

  /** What is wrong with a definition that replaces another. */
  public static List<FieldError> validateUpdate(ObjectNode definition, ObjectNode old) {
    JsonNode spec = definition.path("spec");
    JsonNode oldSpec = old.path("spec");
    Tolerance tolerance =
        Tolerance.of(Version.of(oldSpec, SharedParts.of(oldSpec.path("versions"))));
    List<FieldError> errors = new ArrayList<>(DefinitionRules.check(spec, tolerance));
    if (DefinitionStatus.isTrue(old, "Established")) {
      immutable(spec, oldSpec, "scope", "spec.scope", errors);
      immutable(spec.path("names"), oldSpec.path("names"), "kind", "spec.names.kind", errors);
    }
    immutable(spec, oldSpec, "group", "spec.group", errors);
    immutable(spec.path("names"), oldSpec.path("names"), "plural", "spec.names.plural", errors);
    status(definition, errors);
    errors.addAll(ApiApproval.check(definition, old));
    if (!Json.flag(oldSpec, "preserveUnknownFields")) {
      preserveUnknownFields(definition, errors);
    }
    return errors;
  }

  /** What is wrong with a definition whose status was written. */
  public static List<FieldError> validateStatusUpdate(ObjectNode definition) {
    return NamesRules.check(
        definition.path("status").path("acceptedNames"), "status.acceptedNames");
  }

  /**
   * What the author of a definition should know.
   *
   * @param old what it replaces, whose author was told; null if it is new
   */
  public static List<String> warnings(ObjectNode definition, @Nullable ObjectNode old) {
    Set<String> formats = unknownFormats(definition);
    if (old != null) {
      formats.removeAll(unknownFormats(old));
    }
    return formats.stream()
        .map(each -> "unrecognized format " + GoJson.quoted(each))
        .toList();
  }

  private static Set<String> unknownFormats(ObjectNode definition) {
    Set<String> unknown = new LinkedHashSet<>();
    JsonNode spec = definition.path("spec");
    List<JsonSchema> schemas = new ArrayList<>();
    for (Version each : Version.of(spec, SharedParts.of(spec.path("versions")))) {
      if (each.schema() != null) {
        schemas.add(each.schema());
      }
    }
    Tolerance.any(schemas, each -> {
      String format = each.bounds().format();
      if (!format.isEmpty() && !Formats.isFor(each.type(), format)) {
        unknown.add(format);
      }
      return false;
    });
    return unknown;
  }

  private static void immutable(
      JsonNode now, JsonNode old, String name, String field, List<FieldError> errors) {
    String value = Json.string(now, name);
    if (!value.equals(Json.string(old, name))) {
      errors.add(FieldError.invalid(field, Json.text(value), "field is immutable"));
    }
  }

  private static void status(ObjectNode definition, List<FieldError> errors) {
    errors.addAll(validateStatusUpdate(definition));
    String field = "status.storedVersions";
    List<String> stored = Json.strings(definition.path("status"), "storedVersions");
    if (stored.isEmpty()) {
      errors.add(
          FieldError.invalid(field, Json.array(stored), "must have at least one stored version"));
      return;
    }
    Set<String> left = new LinkedHashSet<>(stored);
    for (JsonNode version : definition.path("spec").path("versions")) {
      String name = Json.string(version, "name");
      if (!left.remove(name) && Json.flag(version, "storage")) {
        errors.add(
            FieldError.invalid(field, Json.array(stored), "must have the storage version " + name));
      }
    }
    for (int i = 0; i < stored.size(); i++) {
      String gone = stored.get(i);
      if (left.contains(gone)) {
        errors.add(FieldError.invalid(
            field + "[" + i + "]",
            Json.text(gone),
            "missing from spec.versions; " + gone
                + " was previously a storage version, and must remain in spec.versions until a storage"
                + " migration ensures no data remains persisted in " + gone + " and removes " + gone
                + " from status.storedVersions"));
      }
    }
  }

  private static void preserveUnknownFields(ObjectNode definition, List<FieldError> errors) {
    JsonNode flag = definition.path("spec").path("preserveUnknownFields");
    if (flag.asBoolean(false)) {
      errors.add(FieldError.invalid("spec.preserveUnknownFields", flag, REPLACEMENT));
    }
  }
}
