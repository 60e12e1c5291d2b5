package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Definitions in groups of the Kubernetes project say who approved of them, in an annotation.
 *
 * @param state what the annotation says
 * @param reason in words
 */
record ApiApproval(State state, String reason) {
  private static final String ANNOTATION = "api-approved.kubernetes.io";
  private static final String LINK = ", see https://github.com/kubernetes/enhancements/pull/1111";

  /** What there is, with the words and outcomes of the condition that tells of it. */
  enum State {
    APPROVED("ApprovedAnnotation", true),
    BYPASSED("UnapprovedAnnotation", false),
    MISSING("MissingAnnotation", false),
    INVALID("InvalidAnnotation", false);

    private final String word;
    private final boolean conformant;

    State(String word, boolean conformant) {
      this.word = word;
      this.conformant = conformant;
    }

    String word() {
      return word;
    }

    boolean conformant() {
      return conformant;
    }
  }

  /** Null if the definition needs none. */
  static @Nullable ApiApproval of(ObjectNode definition) {
    String group = Json.string(definition.path("spec"), "group");
    boolean community = group.equals("k8s.io")
        || group.endsWith(".k8s.io")
        || group.equals("kubernetes.io")
        || group.endsWith(".kubernetes.io");
    if (!community) {
      return null;
    }
    String annotation = annotation(definition);
    String needed = "protected groups must have approval annotation \"" + ANNOTATION + "\"";
    if (annotation.isEmpty()) {
      return new ApiApproval(State.MISSING, needed + LINK);
    }
    if (annotation.startsWith("unapproved")) {
      return new ApiApproval(State.BYPASSED, "not approved: " + GoJson.quoted(annotation));
    }
    if (isUrl(annotation)) {
      return new ApiApproval(State.APPROVED, "approved in " + annotation);
    }
    return new ApiApproval(
        State.INVALID,
        needed + " with either a URL or a reason starting with \"unapproved\"" + LINK);
  }

  private static String annotation(ObjectNode definition) {
    JsonNode annotations = definition.path("metadata").path("annotations");
    return Json.string(annotations, ANNOTATION);
  }

  private static boolean isUrl(String text) {
    try {
      URI url = new URI(text);
      return url.getScheme() != null && url.getRawAuthority() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * What is wrong with it.
   *
   * @param old what the definition replaces: what was wrong before may stay; null if it is new
   */
  static List<FieldError> check(ObjectNode definition, @Nullable ObjectNode old) {
    ApiApproval approval = of(definition);
    ApiApproval before = old == null ? null : of(old);
    if (approval == null || (before != null && before.state() == approval.state())) {
      return List.of();
    }
    String field = "metadata.annotations[" + ANNOTATION + "]";
    return switch (approval.state()) {
      case APPROVED, BYPASSED -> List.of();
      case MISSING -> List.of(FieldError.required(field, approval.reason()));
      case INVALID ->
        List.of(FieldError.invalid(field, Json.text(annotation(definition)), approval.reason()));
    };
  }
}
