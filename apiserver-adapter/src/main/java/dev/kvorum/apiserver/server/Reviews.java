package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.auth.RequestAttributes;
import dev.kvorum.apiserver.auth.User;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.http.QueryParameters;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Questions about who somebody is and what they may do, as objects that are answered and never stored (Kubernetes API:
 * authentication.k8s.io, authorization.k8s.io). For all threads.
 */
final class Reviews {
  private final Access access;
  private final Bodies bodies;
  private final Answers answers;
  private final InstantSource clock;

  Reviews(Access access, Bodies bodies, Answers answers, InstantSource clock) {
    this.access = access;
    this.bodies = bodies;
    this.answers = answers;
    this.clock = clock;
  }

  /** The answer to a question; null if the resource is none of these. */
  @Nullable
  HttpResponse handle(HttpRequest request, RequestInfo info, ResourceType type, User user) {
    switch (type.kind().kind()) {
      case "SelfSubjectReview",
          "TokenReview",
          "SelfSubjectAccessReview",
          "SubjectAccessReview",
          "LocalSubjectAccessReview",
          "SelfSubjectRulesReview" -> {}
      default -> {
        return null;
      }
    }
    if (!info.verb().equals("create") || !info.name().isEmpty()) {
      throw new StatusException(Status.methodNotSupported(
          new GroupResource(type.groupVersion().group(), type.name()), info.verb()));
    }
    ObjectNode review = bodies.read(request, type.kind());
    JsonNode spec = review.path("spec");
    ObjectNode status = review.objectNode();
    switch (type.kind().kind()) {
      case "SelfSubjectReview" -> status.set("userInfo", json(user));
      case "TokenReview" -> token(spec, status);
      case "SelfSubjectRulesReview" -> rules(user, spec, status);
      case "SelfSubjectAccessReview" -> decide(user, spec, status);
      default -> {
        if (type.kind().kind().equals("LocalSubjectAccessReview")) {
          checkNamespace(info, spec, type);
        }
        decide(named(spec), spec, status);
      }
    }
    review.set("status", status);
    Metadata.in(review).put("creationTimestamp", Metadata.time(clock.instant()));
    return answers.review(201, review, request);
  }

  private static void checkNamespace(RequestInfo info, JsonNode spec, ResourceType type) {
    String namespace = spec.path("resourceAttributes").path("namespace").asText("");
    if (!namespace.equals(info.namespace())) {
      throw new StatusException(Status.invalid(
          type.kind(),
          "",
          List.of(FieldError.invalid(
              "spec.resourceAttributes.namespace",
              spec.path("resourceAttributes").path("namespace"),
              "must match metadata.namespace"))));
    }
  }

  private void token(JsonNode spec, ObjectNode status) {
    String token = spec.path("token").asText("");
    User user = token.isEmpty() ? null : access.authenticate(bearing(token));
    if (user == null) {
      status.putObject("user");
      if (!token.isEmpty()) {
        status.put("error", "[invalid bearer token]");
      }
      return;
    }
    status.put("authenticated", true);
    status.set("user", json(user));
    JsonNode audiences = spec.path("audiences");
    if (!audiences.isEmpty()) {
      status.set("audiences", audiences);
    }
  }

  /** A request that says nothing but a token. */
  private static HttpRequest bearing(String token) {
    return new HttpRequest(
        "GET",
        "/",
        QueryParameters.empty(),
        HttpFields.of("Authorization", "Bearer " + token),
        new byte[0],
        false,
        true,
        List.of(),
        null);
  }

  private static User named(JsonNode spec) {
    List<String> groups = new ArrayList<>();
    spec.path("groups").forEach(each -> groups.add(each.asText()));
    Map<String, List<String>> extra = new HashMap<>();
    spec.path("extra").properties().forEach(each -> {
      List<String> values = new ArrayList<>();
      each.getValue().forEach(value -> values.add(value.asText()));
      extra.put(each.getKey(), values);
    });
    return new User(spec.path("user").asText(""), spec.path("uid").asText(""), groups, extra);
  }

  private void decide(User user, JsonNode spec, ObjectNode status) {
    var decision = access.authorize(attributes(user, spec));
    status.put("allowed", decision.allowed());
    if (!decision.reason().isEmpty()) {
      status.put("reason", decision.reason());
    }
  }

  private static RequestAttributes attributes(User user, JsonNode spec) {
    JsonNode path = spec.get("nonResourceAttributes");
    if (path != null) {
      return RequestAttributes.ofPath(
          user, path.path("verb").asText(""), path.path("path").asText(""));
    }
    JsonNode resource = spec.path("resourceAttributes");
    return new RequestAttributes(
        user,
        resource.path("verb").asText(""),
        true,
        resource.path("group").asText(""),
        resource.path("version").asText(""),
        resource.path("resource").asText(""),
        resource.path("subresource").asText(""),
        resource.path("namespace").asText(""),
        resource.path("name").asText(""),
        "");
  }

  /** Everything or nothing: finer rules there are not. */
  private void rules(User user, JsonNode spec, ObjectNode status) {
    ArrayNode resources = status.putArray("resourceRules");
    ArrayNode paths = status.putArray("nonResourceRules");
    String namespace = spec.path("namespace").asText("");
    if (access
        .authorize(new RequestAttributes(user, "*", true, "*", "*", "*", "", namespace, "", ""))
        .allowed()) {
      ObjectNode rule = resources.addObject();
      rule.putArray("verbs").add("*");
      rule.putArray("apiGroups").add("*");
      rule.putArray("resources").add("*");
    }
    if (access.authorize(RequestAttributes.ofPath(user, "*", "*")).allowed()) {
      ObjectNode rule = paths.addObject();
      rule.putArray("verbs").add("*");
      rule.putArray("nonResourceURLs").add("*");
    }
    status.put("incomplete", false);
  }

  private static ObjectNode json(User user) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("username", user.name());
    if (!user.uid().isEmpty()) {
      json.put("uid", user.uid());
    }
    ArrayNode groups = json.putArray("groups");
    user.groups().forEach(groups::add);
    if (!user.extra().isEmpty()) {
      ObjectNode extra = json.putObject("extra");
      user.extra().forEach((name, values) -> {
        ArrayNode list = extra.putArray(name);
        values.forEach(list::add);
      });
    }
    return json;
  }
}
