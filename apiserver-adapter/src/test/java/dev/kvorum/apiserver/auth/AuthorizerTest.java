package dev.kvorum.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.auth.Authorizer.Decision;
import dev.kvorum.apiserver.status.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizerTest {
  private final Authorizer authorizer = new AuthenticatedMayAll();

  private static RequestAttributes pods(
      User user, String subresource, String namespace, String name) {
    return new RequestAttributes(
        user, "get", true, "", "v1", "pods", subresource, namespace, name, "/api/v1/pods");
  }

  @ParameterizedTest
  @CsvSource({
    "get,/healthz,true",
    "get,/livez/ping,true",
    "get,/readyz,true",
    "get,/version,true",
    "get,/version/,true",
    "get,/version/x,false",
    "get,/healthzz,false",
    "post,/healthz,false",
    "get,/,false",
    "get,/api,false",
    "get,/metrics,false"
  })
  void anonymousClientsSeeThatTheServerLivesAndNothingElse(
      String verb, String path, boolean allowed) {
    RequestAttributes request = RequestAttributes.ofPath(User.ANONYMOUS, verb, path);

    assertThat(authorizer.authorize(request).allowed()).isEqualTo(allowed);
  }

  @Test
  void whoIsAuthenticatedMayDoAll() {
    User alice = User.of("alice").authenticated();

    assertThat(authorizer.authorize(pods(alice, "", "n", "p")).allowed()).isTrue();
    assertThat(authorizer.authorize(pods(User.ANONYMOUS, "", "n", "p")).allowed())
        .isFalse();
    assertThat(authorizer
            .authorize(RequestAttributes.ofPath(alice, "get", "/metrics"))
            .allowed())
        .isTrue();
  }

  @Test
  void refusalsAreInTheApisWords() {
    User user = User.of("u");
    assertThat(message(pods(user, "", "n", "x")))
        .isEqualTo("pods \"x\" is forbidden: User \"u\" cannot get resource \"pods\""
            + " in API group \"\" in the namespace \"n\"");
    assertThat(message(pods(user, "log", "", "")))
        .isEqualTo("pods is forbidden: User \"u\" cannot get resource \"pods/log\""
            + " in API group \"\" at the cluster scope");
    RequestAttributes apps = new RequestAttributes(
        user, "list", true, "apps", "v1", "deployments", "", "", "", "/apis/apps/v1/deployments");
    assertThat(message(apps))
        .isEqualTo("deployments.apps is forbidden: User \"u\" cannot list resource"
            + " \"deployments\" in API group \"apps\" at the cluster scope");
    assertThat(message(RequestAttributes.ofPath(User.of("<u\n>"), "get", "/x")))
        .isEqualTo("forbidden: User \"&lt;u\\n&gt;\" cannot get path \"/x\"");
    assertThat(AuthStatuses.forbidden(pods(user, "", "n", "x"), new Decision(false, "why"))
            .message())
        .endsWith("in the namespace \"n\": why");
  }

  @Test
  void aRefusalOfAPathHasNoDetails() {
    Status status = AuthStatuses.forbidden(
        RequestAttributes.ofPath(User.ANONYMOUS, "get", "/x"), Decision.REFUSED);

    assertThat(status.toJson().toString())
        .isEqualTo("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
            + "\"status\":\"Failure\",\"message\":"
            + "\"forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/x\\\"\","
            + "\"reason\":\"Forbidden\",\"details\":{},\"code\":403}");
  }

  private static String message(RequestAttributes request) {
    return AuthStatuses.forbidden(request, Decision.REFUSED).message();
  }

  @Test
  void whatIsKnownOfAUserDoesNotChange() {
    var groups = new java.util.ArrayList<>(List.of("a"));
    User user = new User("u", "", groups, Map.of());
    groups.add("system:masters");

    assertThat(user.isIn(User.MASTERS)).isFalse();
  }
}
