package dev.kvorum.apiserver.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.StatusDetails.Cause;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTest {
  private static final GroupResource DEPLOYMENTS = new GroupResource("apps", "deployments");

  /** What the Kubernetes libraries make of the same calls, in the order of the vectors. */
  private static final List<Status> STATUSES = List.of(
      Status.notFound(DEPLOYMENTS, "x"),
      Status.notFound(new GroupResource("", "pods"), "x"),
      Status.alreadyExists(DEPLOYMENTS, "x"),
      Status.unauthorized(),
      Status.forbidden(DEPLOYMENTS, "x", "why"),
      Status.forbidden(DEPLOYMENTS, "", "why"),
      Status.conflict(DEPLOYMENTS, "x", "why"),
      Status.applyConflict(List.of(new Cause("FieldManagerConflict", "m", ".a")), "msg"),
      Status.gone("g"),
      Status.expired("e"),
      Status.badRequest("b"),
      Status.tooManyRequests("t", 3),
      Status.serviceUnavailable("s"),
      Status.methodNotSupported(DEPLOYMENTS, "patch"),
      Status.serverTimeout(DEPLOYMENTS, "get", 2),
      Status.serverTimeout(new GroupResource("apps", "Deployment"), "get", 2),
      Status.internalError("i"),
      Status.timeout("t", 1),
      Status.tooManyRequests("x"),
      Status.tooLarge("r"),
      Status.noSuchResource("get", DEPLOYMENTS, "x"),
      Status.noSuchMethod("get", DEPLOYMENTS, "x"));

  @Test
  void everyStatusIsTheOneThatUpstreamMakes() {
    List<JsonNode> vectors = Vectors.of("status").toList();
    for (int i = 0; i < STATUSES.size(); i++) {
      assertThat(STATUSES.get(i).toJson()).isEqualTo(whole(vectors.get(i)));
    }
    // The one between is what a client makes of an answer without a Status.
    assertThat(Status.rejected("patch", DEPLOYMENTS, "x").toJson())
        .isEqualTo(whole(vectors.get(STATUSES.size() + 1)));
    assertThat(vectors).hasSize(STATUSES.size() + 2);
  }

  /** The vectors leave out what is the same for all. */
  private static JsonNode whole(JsonNode vector) {
    ObjectNode whole = vector.deepCopy();
    whole.put("kind", "Status");
    return whole.put("apiVersion", "v1");
  }

  @Test
  void anInvalidObjectIsToldFieldByField() {
    GroupVersionKind widget = GroupVersionKind.of("example.com/v1", "Widget");
    Status one = Status.invalid(
        widget, "a", List.of(FieldError.invalid("spec.x", new IntNode(7), "must be less than 5")));
    assertThat(one.message())
        .isEqualTo(
            "Widget.example.com \"a\" is invalid: spec.x: Invalid value: 7: must be less than 5");
    Status several = Status.invalid(
        widget,
        "a",
        List.of(
            FieldError.required("spec.y", ""),
            FieldError.notSupported("spec.z", TextNode.valueOf("C"), List.of("A", "B")),
            FieldError.duplicate("spec.l[1]", TextNode.valueOf("d")),
            FieldError.forbidden("spec.f", "not now"),
            FieldError.tooLong("spec.s", 4)));
    assertThat(several.message())
        .isEqualTo("Widget.example.com \"a\" is invalid: [spec.y: Required value, "
            + "spec.z: Unsupported value: \"C\": supported values: \"A\", \"B\", "
            + "spec.l[1]: Duplicate value: \"d\", spec.f: Forbidden: not now, "
            + "spec.s: Too long: may not be more than 4 bytes]");
    JsonNode details = several.toJson().path("details");
    assertThat(details.path("kind").asText()).isEqualTo("Widget");
    assertThat(details.path("group").asText()).isEqualTo("example.com");
    assertThat(details.path("causes").findValuesAsText("reason"))
        .containsExactly(
            "FieldValueRequired",
            "FieldValueNotSupported",
            "FieldValueDuplicate",
            "FieldValueForbidden",
            "FieldValueTooLong");
    assertThat(details.path("causes").path(0).path("field").asText()).isEqualTo("spec.y");
    assertThat(details.path("causes").path(0).path("message").asText()).isEqualTo("Required value");
  }

  @Test
  void aFailureOfWhichNothingIsKnownHasNoReason() {
    assertThat(Status.failure("m").toJson().has("reason")).isFalse();
    assertThat(Status.failure("m").retryAfterSeconds()).isZero();
    assertThat(Status.tooManyRequests("t", 3).retryAfterSeconds()).isEqualTo(3);
  }
}
