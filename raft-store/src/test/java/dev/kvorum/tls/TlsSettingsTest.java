package dev.kvorum.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsSettingsTest {
  private static final TlsSettings SETTINGS = TlsSettings.of(Path.of("c"), Path.of("k"));

  @Test
  void suitesOfTls13AreAlwaysThere() {
    List<String> suites = SETTINGS
        .offering(
            TlsVersion.TLS_1_2,
            TlsVersion.TLS_1_3,
            CipherSuites.parse(List.of("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305")))
        .offeredSuites();

    assertThat(suites)
        .containsExactly(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
  }

  @Test
  void versionsLimitTheSuites() {
    TlsSettings old = SETTINGS.offering(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, List.of());
    TlsSettings recent = SETTINGS.offering(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3, List.of());

    assertThat(old.protocols()).containsExactly("TLSv1.2");
    assertThat(old.offeredSuites()).allMatch(suite -> suite.startsWith("TLS_ECDHE_"));
    assertThat(recent.protocols()).containsExactly("TLSv1.3");
    assertThat(recent.offeredSuites()).noneMatch(suite -> suite.startsWith("TLS_ECDHE_"));
  }

  @Test
  void unknownAndInsecureSuitesAreNamed() {
    assertThatThrownBy(() -> CipherSuites.parse(List.of("TLS_NONE")))
        .hasMessage("unexpected TLS cipher suite \"TLS_NONE\"");
    assertThatThrownBy(() -> CipherSuites.parse(List.of("TLS_RSA_WITH_RC4_128_SHA")))
        .hasMessageContaining("insecure");
  }
}
