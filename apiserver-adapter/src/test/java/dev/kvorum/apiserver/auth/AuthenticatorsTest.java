package dev.kvorum.apiserver.auth;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.QueryParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorsTest {
  private static final String PROTOCOL = "base64url.bearer.authorization.k8s.io.";

  @TempDir
  Path directory;

  private Authenticators authenticators;

  @BeforeEach
  void readTokens() throws IOException {
    authenticators = with("""
        # token,user,uid,groups

        t1,alice,1,"devs,ops"
        "t,2",b"ob,2
        t3,carol,3
        """.replace("b\"ob", "\"b\"\"ob\""));
  }

  private Authenticators with(String tokens) throws IOException {
    Path file = Files.writeString(directory.resolve("tokens.csv"), tokens);
    return new Authenticators(List.of(new ClientCertificates(), TokenFile.read(file)), true);
  }

  private static HttpRequest request(HttpFields headers, boolean webSocket) {
    return new HttpRequest(
        "GET",
        "/version",
        QueryParameters.empty(),
        headers,
        new byte[0],
        webSocket,
        true,
        List.of(),
        null);
  }

  private @Nullable User says(String authorization) {
    return authenticators.authenticate(
        request(HttpFields.of("Authorization", authorization), false));
  }

  private @Nullable User offers(String protocols) {
    return authenticators.authenticate(
        request(HttpFields.of("Sec-WebSocket-Protocol", protocols), true));
  }

  @Test
  void aTokenSaysWhoSomebodyIs() {
    User alice = requireNonNull(says("Bearer t1"));

    assertThat(alice.name()).isEqualTo("alice");
    assertThat(alice.uid()).isEqualTo("1");
    assertThat(alice.groups()).containsExactly("devs", "ops", "system:authenticated");
    assertThat(requireNonNull(says("bearer t3 more")).groups())
        .containsExactly("system:authenticated");
    assertThat(requireNonNull(says("Bearer t,2")).name()).isEqualTo("b\"ob");
  }

  @Test
  void aTokenThatNobodyKnowsIsRefusedEvenWhereEverybodyMayLook() {
    assertThat(says("Bearer nonsense")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Basic YTpi", "Bearer", "Bearer  t1"})
  void whoSaysNothingIsAnonymous(String authorization) {
    assertThat(says(authorization)).isEqualTo(User.ANONYMOUS);
    assertThat(User.ANONYMOUS.groups()).containsExactly("system:unauthenticated");
  }

  @Test
  void anonymousClientsMayBeUnwanted() {
    var strict = new Authenticators(List.of(new ClientCertificates()), false);

    assertThat(strict.authenticate(request(HttpFields.empty(), false))).isNull();
  }

  @Test
  void aWebSocketMayCarryTheTokenAmongItsProtocols() {
    String token = PROTOCOL
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("t1".getBytes(StandardCharsets.UTF_8));

    assertThat(requireNonNull(offers(token + ", v4.channel.k8s.io")).name()).isEqualTo("alice");
    assertThat(offers(token)).isNull();
    assertThat(offers(token + ", " + token + ", x")).isNull();
    assertThat(offers(PROTOCOL + "!, x")).isNull();
    assertThat(offers("x")).isEqualTo(User.ANONYMOUS);
  }

  @Test
  void aTokenFileThatMakesNoSenseIsNamed() {
    assertThatThrownBy(() -> with("t1,alice\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "tokens.csv' must have at least 3 columns (token, user name, user uid), found 2");
    assertThatThrownBy(() -> with("t1,al\"ice,1\n")).hasMessageContaining("line 1: bare \"");
    assertThatThrownBy(() -> with("t,u,1\nt1,\"alice,1\n")).hasMessageContaining("line 2: a quote");
  }

  @Test
  void tokensAreNotPrinted() {
    assertThat(BearerToken.of(request(HttpFields.of("Authorization", "Bearer t1"), false)))
        .hasToString("BearerToken");
    assertThat(HttpFields.of("Authorization", "Bearer t1").toString()).doesNotContain("t1");
  }
}
