package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.schema.Values;
import dev.kvorum.apiserver.status.FieldError;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a definition: which of its names it may have, whether its objects are served. Every function
 * returns a definition with the status that it should have, and leaves the one that it was given alone.
 */
public final class DefinitionStatus {
  /** What keeps a definition until its objects are gone. */
  public static final String CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

  /** How far the deletion of a definition's objects is. */
  public enum Termination {
    /** It will begin. */
    PENDING(
        "True",
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"),
    /** It has begun. */
    IN_PROGRESS("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress"),
    /** All are gone. */
    COMPLETED("False", "InstanceDeletionCompleted", "removed all instances"),
    /** There were none, as the definition was never established. */
    NEVER_ESTABLISHED("False", "NeverEstablished", "resource was never established");

    private final String status;
    private final String reason;
    private final String message;

    Termination(String status, String reason, String message) {
      this.status = status;
      this.reason = reason;
      this.message = message;
    }
  }

  private record Condition(String type, String status, String reason, String message) {}

  private DefinitionStatus() {}

  /** Whether a definition's condition is true. */
  public static boolean isTrue(JsonNode definition, String condition) {
    for (JsonNode each : definition.path("status").path("conditions")) {
      if (Json.string(each, "type").equals(condition)) {
        return Json.string(each, "status").equals("True");
      }
    }
    return false;
  }

  /** Whether its objects are served. */
  public static boolean isEstablished(JsonNode definition) {
    return isTrue(definition, "Established");
  }

  /** Whether it is being deleted, so that no objects may be created. */
  public static boolean isTerminating(JsonNode definition) {
    return isTrue(definition, "Terminating");
  }

  /**
   * Accepts the names that no other definition of the group has, and establishes the definition if it has them all. Once
   * established, it stays so. Says, too, whether its schemas are structural and who approved of it.
   *
   * @param others the other definitions; those of other groups do not matter
   */
  public static ObjectNode settle(
      ObjectNode definition, Collection<? extends JsonNode> others, Instant now) {
    ObjectNode settled = definition.deepCopy();
    ObjectNode status = Json.objectIn(settled, "status");
    if (!(status.get("conditions") instanceof ArrayNode)) {
      status.putArray("conditions");
    }
    Condition names = acceptNames(settled, others);
    set(settled, names, now);
    if (!isEstablished(settled)) {
      boolean accepted = names.status().equals("True");
      set(
          settled,
          new Condition(
              "Established",
              accepted ? "True" : "False",
              accepted ? "InitialNamesAccepted" : "NotAccepted",
              accepted ? "the initial names have been accepted" : "not all names are accepted"),
          now);
    }
    Condition nonStructural = nonStructural(settled);
    if (nonStructural == null) {
      remove(settled, "NonStructuralSchema");
    } else {
      set(settled, nonStructural, now);
    }
    ApiApproval approval = ApiApproval.of(settled);
    if (approval != null) {
      set(
          settled,
          new Condition(
              "KubernetesAPIApprovalPolicyConformant",
              approval.state().conformant() ? "True" : "False",
              approval.state().word(),
              approval.reason()),
          now);
    }
    return settled;
  }

  /** Says how far the deletion of its objects is. */
  public static ObjectNode terminating(ObjectNode definition, Termination state, Instant now) {
    ObjectNode terminating = definition.deepCopy();
    Json.objectIn(terminating, "status");
    set(terminating, new Condition("Terminating", state.status, state.reason, state.message), now);
    return terminating;
  }

  /** Changes the accepted names. */
  private static Condition acceptNames(
      ObjectNode definition, Collection<? extends JsonNode> others) {
    JsonNode wanted = definition.path("spec").path("names");
    ObjectNode accepted = Json.objectIn(Json.objectIn(definition, "status"), "acceptedNames");
    Set<String> resources = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    used(definition, others, resources, kinds);
    String reason = "";
    String message = "";
    for (String name : List.of("plural", "singular", "shortNames", "kind", "listKind")) {
      boolean ofKind = name.equals("kind") || name.equals("listKind");
      List<String> conflicts = name.equals("shortNames")
          ? conflicts(Json.strings(wanted, name), Json.strings(accepted, name), resources)
          : conflicts(
              List.of(Json.string(wanted, name)),
              List.of(Json.string(accepted, name)),
              ofKind ? kinds : resources);
      if (conflicts.isEmpty()) {
        copy(wanted, accepted, name);
      } else {
        reason = Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Conflict";
        message =
            conflicts.size() == 1 ? conflicts.getFirst() : "[" + String.join(", ", conflicts) + "]";
      }
    }
    copy(wanted, accepted, "categories");
    return reason.isEmpty()
        ? new Condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
        : new Condition("NamesAccepted", "False", reason, message);
  }

  private static void copy(JsonNode wanted, ObjectNode accepted, String name) {
    JsonNode value = Json.present(wanted, name);
    if (value == null || (value.isArray() && value.isEmpty())) {
      accepted.remove(name);
    } else {
      accepted.set(name, value.deepCopy());
    }
  }

  /** The names that other definitions of the group were given. */
  private static void used(
      ObjectNode definition,
      Collection<? extends JsonNode> others,
      Set<String> resources,
      Set<String> kinds) {
    String group = Json.string(definition.path("spec"), "group");
    String own = Json.string(definition.path("metadata"), "name");
    for (JsonNode other : others) {
      if (!Json.string(other.path("spec"), "group").equals(group)
          || Json.string(other.path("metadata"), "name").equals(own)) {
        continue;
      }
      JsonNode names = other.path("status").path("acceptedNames");
      resources.add(Json.string(names, "plural"));
      resources.add(Json.string(names, "singular"));
      resources.addAll(Json.strings(names, "shortNames"));
      kinds.add(Json.string(names, "kind"));
      kinds.add(Json.string(names, "listKind"));
    }
  }

  private static List<String> conflicts(
      List<String> wanted, List<String> accepted, Set<String> used) {
    return wanted.stream()
        .filter(each -> !accepted.contains(each) && used.contains(each))
        .map(each -> "\"" + each + "\" is already in use")
        .distinct()
        .toList();
  }

  private static @Nullable Condition nonStructural(ObjectNode definition) {
    List<FieldError> errors = new ArrayList<>();
    JsonNode spec = definition.path("spec");
    if (Json.flag(spec, "preserveUnknownFields")) {
      errors.add(FieldError.invalid(
          "spec.preserveUnknownFields", spec.get("preserveUnknownFields"), "must be false"));
    }
    List<Version> versions = Version.of(spec, new SharedParts(false, false, false, false));
    for (int i = 0; i < versions.size(); i++) {
      Version version = versions.get(i);
      if (version.schema() == null) {
        continue;
      }
      String unsupported = UnsupportedKeywords.find(version.schema());
      if (unsupported != null) {
        return new Condition(
            "NonStructuralSchema",
            "Unknown",
            "StructuralError",
            "failed to check validation schema for version " + version.name() + ": " + unsupported);
      }
      errors.addAll(StructuralRules.check(
          version.schema(), "spec.versions[" + i + "].schema.openAPIV3Schema"));
    }
    if (errors.isEmpty()) {
      return null;
    }
    String message =
        errors.stream().map(FieldError::toString).distinct().collect(Collectors.joining(", "));
    return new Condition(
        "NonStructuralSchema",
        "True",
        "Violations",
        errors.size() == 1 ? message : "[" + message + "]");
  }

  /** The time of a condition is that of the last change of its status. */
  private static void set(ObjectNode definition, Condition condition, Instant now) {
    ObjectNode status = Json.objectIn(definition, "status");
    ArrayNode conditions =
        status.get("conditions") instanceof ArrayNode list ? list : status.putArray("conditions");
    ObjectNode entry = null;
    for (JsonNode each : conditions) {
      if (each instanceof ObjectNode object
          && Json.string(object, "type").equals(condition.type())) {
        entry = object;
      }
    }
    if (entry == null) {
      entry = conditions.addObject();
    }
    if (!Json.string(entry, "status").equals(condition.status())
        || Json.present(entry, "lastTransitionTime") == null) {
      entry.put("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
    entry
        .put("message", condition.message())
        .put("reason", condition.reason())
        .put("status", condition.status())
        .put("type", condition.type());
  }

  private static void remove(ObjectNode definition, String type) {
    if (definition.path("status").get("conditions") instanceof ArrayNode conditions) {
      for (int i = conditions.size() - 1; i >= 0; i--) {
        if (Json.string(conditions.get(i), "type").equals(type)) {
          conditions.remove(i);
        }
      }
    }
  }

  /** Whether two states of a definition differ in what was made of them here. */
  public static boolean changed(ObjectNode before, ObjectNode after) {
    return !Values.equal(before.get("status"), after.get("status"));
  }
}
