package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.status.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The rules for the metadata of an object within another. It has its declared types; what is missing is empty. */
final class EmbeddedMetadataRules {
  private static final int MAX_ANNOTATIONS_BYTES = 256 * 1024;
  private static final int MAX_MANAGER_BYTES = 128;
  private static final int MAX_SUBRESOURCE_BYTES = 256;

  private final JsonNode metadata;
  private final String path;
  private final List<FieldError> errors = new ArrayList<>();

  private EmbeddedMetadataRules(JsonNode metadata, String path) {
    this.metadata = metadata;
    this.path = path;
  }

  private static List<String> pathSegment(String name) {
    if (name.equals(".") || name.equals("..")) {
      return List.of("may not be '" + name + "'");
    }
    List<String> wrong = new ArrayList<>();
    for (String illegal : List.of("/", "%")) {
      if (name.contains(illegal)) {
        wrong.add("may not contain '" + illegal + "'");
      }
    }
    return wrong;
  }

  /**
   * What is wrong with it.
   *
   * @param path of the metadata
   */
  static List<FieldError> validate(JsonNode metadata, String path) {
    EmbeddedMetadataRules rules = new EmbeddedMetadataRules(metadata, path);
    rules.names();
    rules.nonNegative("generation");
    rules.shared();
    rules.finalizers();
    rules.managedFields();
    return rules.errors;
  }

  /** It need not have a name, nor be in a namespace. */
  private void names() {
    String generateName = text("generateName");
    if (!generateName.equals(".") && !generateName.equals("..")) {
      pathSegment(generateName).forEach(reason -> invalid("generateName", generateName, reason));
    }
    String name = text("name");
    pathSegment(name).forEach(reason -> invalid("name", name, reason));
    String namespace = text("namespace");
    if (!namespace.isEmpty()) {
      NameRules.label(namespace).forEach(reason -> invalid("namespace", namespace, reason));
    }
  }

  private void nonNegative(String field) {
    if (metadata.path(field).asLong() < 0) {
      errors.add(FieldError.invalid(
          path + "." + field, metadata.get(field), "must be greater than or equal to 0"));
    }
  }

  private void shared() {
    labels();
    annotations();
    ownerReferences();
  }

  private void labels() {
    metadata.path("labels").properties().forEach(each -> {
      String value = each.getValue().asText();
      NameRules.qualifiedName(each.getKey())
          .forEach(reason -> invalid("labels", each.getKey(), reason));
      NameRules.labelValue(value).forEach(reason -> invalid("labels", value, reason));
    });
  }

  private void annotations() {
    long bytes = 0;
    for (var each : metadata.path("annotations").properties()) {
      String key = each.getKey();
      // Upper case passes here.
      NameRules.qualifiedName(key.toLowerCase(Locale.ROOT))
          .forEach(reason -> invalid("annotations", key, reason));
      bytes += bytes(key) + (long) bytes(each.getValue().asText());
    }
    if (bytes > MAX_ANNOTATIONS_BYTES) {
      errors.add(FieldError.tooLong(path + ".annotations", MAX_ANNOTATIONS_BYTES));
    }
  }

  private void ownerReferences() {
    String field = path + ".ownerReferences";
    String controller = "";
    for (JsonNode owner : metadata.path("ownerReferences")) {
      String apiVersion = owner.path("apiVersion").asText();
      String kind = owner.path("kind").asText();
      if (apiVersion.substring(apiVersion.indexOf('/') + 1).isEmpty()) {
        errors.add(FieldError.invalid(
            field + ".apiVersion", TextNode.valueOf(apiVersion), "version must not be empty"));
      }
      for (String name : List.of("kind", "name", "uid")) {
        if (owner.path(name).asText().isEmpty()) {
          errors.add(
              FieldError.invalid(field + "." + name, TextNode.valueOf(""), "must not be empty"));
        }
      }
      if (apiVersion.equals("v1") && kind.equals("Event")) {
        errors.add(
            FieldError.invalid(field, owner, "/v1, Kind=Event is disallowed from being an owner"));
      }
      if (owner.path("controller").asBoolean()) {
        String current = kind + "/" + owner.path("name").asText();
        if (!controller.isEmpty()) {
          errors.add(FieldError.invalid(
              field,
              metadata.path("ownerReferences"),
              "Only one reference can have Controller set to true. Found \"true\" in references for "
                  + controller + " and " + current));
        } else {
          controller = current;
        }
      }
    }
  }

  private void finalizers() {
    Set<String> all = new HashSet<>();
    metadata.path("finalizers").forEach(each -> {
      all.add(each.asText());
      NameRules.qualifiedName(each.asText())
          .forEach(reason -> invalid("finalizers", each.asText(), reason));
    });
    if (all.containsAll(List.of("orphan", "foregroundDeletion"))) {
      errors.add(FieldError.invalid(
          path + ".finalizers",
          metadata.path("finalizers"),
          "finalizer orphan and foregroundDeletion cannot be both set"));
    }
  }

  private void managedFields() {
    int i = 0;
    for (JsonNode entry : metadata.path("managedFields")) {
      String field = path + ".managedFields[" + i++ + "]";
      String operation = entry.path("operation").asText();
      if (!operation.equals("Apply") && !operation.equals("Update")) {
        errors.add(FieldError.invalid(
            field + ".operation", TextNode.valueOf(operation), "must be `Apply` or `Update`"));
      }
      String fieldsType = entry.path("fieldsType").asText();
      if (!fieldsType.isEmpty() && !fieldsType.equals("FieldsV1")) {
        errors.add(FieldError.invalid(
            field + ".fieldsType", TextNode.valueOf(fieldsType), "must be `FieldsV1`"));
      }
      String manager = entry.path("manager").asText();
      if (bytes(manager) > MAX_MANAGER_BYTES) {
        errors.add(FieldError.tooLong(field + ".manager", MAX_MANAGER_BYTES));
      }
      if (bytes(entry.path("subresource").asText()) > MAX_SUBRESOURCE_BYTES) {
        errors.add(FieldError.tooLong(field + ".subresource", MAX_SUBRESOURCE_BYTES));
      }
    }
  }

  private String text(String field) {
    return metadata.path(field).asText();
  }

  private void invalid(String field, String value, String reason) {
    errors.add(FieldError.invalid(path + "." + field, TextNode.valueOf(value), reason));
  }

  private static int bytes(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }
}
