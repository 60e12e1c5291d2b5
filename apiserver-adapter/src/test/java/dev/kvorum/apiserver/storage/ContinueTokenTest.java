package dev.kvorum.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContinueTokenTest {
  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenIsReadAsItWasWritten() throws Exception {
    ContinueToken token = ContinueToken.after(281, "default/l2");
    assertThat(ContinueToken.decode(token.encode())).isEqualTo(token);
    assertThat(token.encode())
        .isEqualTo(
            encoded("{\"v\":\"meta.k8s.io/v1\",\"rv\":281,\"start\":\"default/l2\\u0000\"}"));
  }

  @Test
  void aTokenOfAServerWithACacheLeadsToTheSamePlace() throws Exception {
    assertThat(ContinueToken.decode(
            encoded("{\"v\":\"meta.k8s.io/v1\",\"rv\":-1,\"start\":\"/l2\\u0000\"}")))
        .isEqualTo(new ContinueToken(ContinueToken.LATEST, "l2\0"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"v\":\"meta.k8s.io/v9\",\"rv\":1,\"start\":\"a\"} | server does not recognize this encoded version meta.k8s.io/v9",
        "{\"v\":\"meta.k8s.io/v1\",\"rv\":0,\"start\":\"a\"} | incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
        "{\"v\":\"meta.k8s.io/v1\",\"rv\":-2,\"start\":\"a\"} | incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
        "{\"v\":\"meta.k8s.io/v1\",\"rv\":1} | encoded start key empty (version meta.k8s.io/v1)",
        "{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":\"../secrets/a\"} | ../secrets/a",
        "{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":\"/a/../../b\"} | /a/../../b"
      })
  void whatIsNoTokenIsRefused(String json, String why) {
    assertThatThrownBy(() -> ContinueToken.decode(encoded(json)))
        .isInstanceOf(ContinueToken.Unreadable.class)
        .hasMessage("continue key is not valid: " + why);
  }

  @ParameterizedTest
  @CsvSource({"%%%", "bm90IGpzb24", "''", "bnVsbA"})
  void whatIsNeitherBase64NorJsonIsRefused(String text) {
    assertThatThrownBy(() -> ContinueToken.decode(text))
        .isInstanceOf(ContinueToken.Unreadable.class)
        .hasMessageStartingWith("continue key is not valid: ");
  }
}
