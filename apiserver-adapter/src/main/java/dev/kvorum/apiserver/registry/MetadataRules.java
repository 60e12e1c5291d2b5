package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.status.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What every object's metadata must be (Kubernetes API: ObjectMeta). */
final class MetadataRules {
  private static final int MAX_ANNOTATIONS = 256 << 10;
  private static final int MAX_MANAGER = 128;
  static final String ORPHAN = "orphan";
  static final String FOREGROUND = "foregroundDeletion";

  private MetadataRules() {}

  /** What is wrong with an object's metadata. */
  static List<FieldError> check(JsonNode object, boolean namespaced, Strategy.NameRule names) {
    List<FieldError> errors = new ArrayList<>();
    String generateName = Metadata.text(object, "generateName");
    if (!generateName.isEmpty()) {
      invalid(errors, "metadata.generateName", generateName, names.check(generateName, true));
    }
    String name = Metadata.name(object);
    if (name.isEmpty()) {
      errors.add(FieldError.required("metadata.name", "name or generateName is required"));
    } else {
      invalid(errors, "metadata.name", name, names.check(name, false));
    }
    String namespace = Metadata.namespace(object);
    if (namespaced) {
      if (namespace.isEmpty()) {
        errors.add(FieldError.required("metadata.namespace", ""));
      } else {
        invalid(errors, "metadata.namespace", namespace, NameRules.label(namespace));
      }
    } else if (!namespace.isEmpty()) {
      errors.add(FieldError.forbidden("metadata.namespace", "not allowed on this type"));
    }
    labels(errors, object);
    annotations(errors, object);
    owners(errors, object);
    finalizers(errors, object);
    managers(errors, object);
    return errors;
  }

  /** What is wrong with an object's metadata in place of another's, apart from what is wrong with them anyway. */
  static List<FieldError> checkUpdate(JsonNode object, JsonNode old) {
    List<FieldError> errors = new ArrayList<>();
    if (Metadata.isTerminating(old)) {
      TreeSet<String> extra = new TreeSet<>(Metadata.finalizers(object));
      Metadata.finalizers(old).forEach(extra::remove);
      if (!extra.isEmpty()) {
        errors.add(FieldError.forbidden(
            "metadata.finalizers",
            "no new finalizers can be added if the object is being deleted, found new finalizers "
                + extra.stream()
                    .map(each -> '"' + each + '"')
                    .collect(Collectors.joining(", ", "[]string{", "}"))));
      }
    }
    if (Metadata.resourceVersion(object).isEmpty()) {
      errors.add(FieldError.invalid(
          "metadata.resourceVersion", IntNode.valueOf(0), "must be specified for an update"));
    }
    for (String field : List.of("name", "namespace", "uid", "creationTimestamp")) {
      immutable(errors, object, old, field);
    }
    immutable(errors, object, old, "deletionTimestamp");
    immutable(errors, object, old, "deletionGracePeriodSeconds");
    return errors;
  }

  private static void immutable(
      List<FieldError> errors, JsonNode object, JsonNode old, String field) {
    JsonNode now = Metadata.of(object).path(field);
    JsonNode before = Metadata.of(old).path(field);
    if (!now.asText("").equals(before.asText(""))) {
      errors.add(FieldError.invalid(
          "metadata." + field,
          now.isMissingNode() ? TextNode.valueOf("") : now,
          "field is immutable"));
    }
  }

  private static void invalid(
      List<FieldError> errors, String field, String value, List<String> wrong) {
    for (String reason : wrong) {
      errors.add(FieldError.invalid(field, TextNode.valueOf(value), reason));
    }
  }

  /** Also of the labels of a template, or of a selector. */
  static void labels(List<FieldError> errors, String path, Map<String, String> labels) {
    labels.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(each -> {
      invalid(errors, path, each.getKey(), NameRules.qualifiedName(each.getKey()));
      invalid(errors, path, each.getValue(), NameRules.labelValue(each.getValue()));
    });
  }

  private static void labels(List<FieldError> errors, JsonNode object) {
    labels(errors, "metadata.labels", Metadata.labels(object));
  }

  private static void annotations(List<FieldError> errors, JsonNode object) {
    Map<String, String> annotations = Metadata.map(object, "annotations");
    long size = 0;
    for (Map.Entry<String, String> each : annotations.entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .toList()) {
      String key = each.getKey();
      invalid(
          errors,
          "metadata.annotations",
          key,
          NameRules.qualifiedName(key.toLowerCase(Locale.ROOT)));
      size += bytes(key) + bytes(each.getValue());
    }
    if (size > MAX_ANNOTATIONS) {
      errors.add(FieldError.tooLong("metadata.annotations", MAX_ANNOTATIONS));
    }
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void owners(List<FieldError> errors, JsonNode object) {
    String[] controller = {""};
    Metadata.forEachOwner(object, (path, owner) -> {
      String at = "metadata.ownerReferences"; // the API does not say which one
      String apiVersion = owner.path("apiVersion").asText("");
      String kind = owner.path("kind").asText("");
      String name = owner.path("name").asText("");
      if (apiVersion.isEmpty() || apiVersion.endsWith("/")) {
        errors.add(FieldError.invalid(
            at + ".apiVersion", TextNode.valueOf(apiVersion), "version must not be empty"));
      }
      if (kind.isEmpty()) {
        errors.add(FieldError.invalid(at + ".kind", TextNode.valueOf(""), "must not be empty"));
      }
      if (name.isEmpty()) {
        errors.add(FieldError.invalid(at + ".name", TextNode.valueOf(""), "must not be empty"));
      }
      if (owner.path("uid").asText("").isEmpty()) {
        errors.add(FieldError.invalid(at + ".uid", TextNode.valueOf(""), "must not be empty"));
      }
      if (apiVersion.equals("v1") && kind.equals("Event")) {
        errors.add(
            FieldError.invalid(at, owner, "/v1, Kind=Event is disallowed from being an owner"));
      }
      if (owner.path("controller").asBoolean(false)) {
        String self = kind + "/" + name;
        if (controller[0].isEmpty()) {
          controller[0] = self;
        } else {
          errors.add(FieldError.invalid(
              at,
              Metadata.of(object).path("ownerReferences"),
              "Only one reference can have Controller set to true. Found \"true\" in references for "
                  + controller[0] + " and " + self));
        }
      }
    });
  }

  private static void finalizers(List<FieldError> errors, JsonNode object) {
    List<String> finalizers = Metadata.finalizers(object);
    for (String each : finalizers) {
      invalid(errors, "metadata.finalizers", each, NameRules.qualifiedName(each));
    }
    if (finalizers.contains(ORPHAN) && finalizers.contains(FOREGROUND)) {
      errors.add(FieldError.invalid(
          "metadata.finalizers",
          Metadata.of(object).path("finalizers"),
          "finalizer " + ORPHAN + " and " + FOREGROUND + " cannot be both set"));
    }
  }

  private static void managers(List<FieldError> errors, JsonNode object) {
    int index = 0;
    for (JsonNode entry : Metadata.of(object).path("managedFields")) {
      String path = "metadata.managedFields[" + index++ + "]";
      String operation = entry.path("operation").asText("");
      if (!operation.equals("Apply") && !operation.equals("Update")) {
        errors.add(FieldError.invalid(
            path + ".operation", TextNode.valueOf(operation), "must be `Apply` or `Update`"));
      }
      String fieldsType = entry.path("fieldsType").asText("");
      if (!fieldsType.isEmpty() && !fieldsType.equals("FieldsV1")) {
        errors.add(FieldError.invalid(
            path + ".fieldsType", TextNode.valueOf(fieldsType), "must be `FieldsV1`"));
      }
      errors.addAll(manager(entry.path("manager").asText(""), path + ".manager"));
    }
  }

  /** What is wrong with the name of a manager of fields. */
  static List<FieldError> manager(String name, String path) {
    List<FieldError> errors = new ArrayList<>();
    if (bytes(name) > MAX_MANAGER) {
      errors.add(FieldError.tooLong(path, MAX_MANAGER));
    }
    int index = 0;
    for (int at = 0; at < name.length(); at += Character.charCount(name.codePointAt(at))) {
      int c = name.codePointAt(at);
      if (Character.isISOControl(c) || !Character.isDefined(c)) {
        errors.add(FieldError.invalid(
            path,
            TextNode.valueOf(name),
            "should only contain printable characters, character " + index + " is "
                + String.format(Locale.ROOT, "'\\x%02x'", c)));
      }
      index++;
    }
    return errors;
  }
}
