package dev.kvorum.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Caller;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;

class CallersTest {
  @Test
  void theTokenComesBeforeTheOtherHeaderAndBeforeTheCertificate() {
    assertThat(Callers.of(headers("token", "a", "authorization", "b"), "alice"))
        .isEqualTo(new Caller.Token("a"));
    assertThat(Callers.of(headers("authorization", "Bearer b"), null))
        .isEqualTo(new Caller.Token("b"));
    assertThat(Callers.of(headers("token", ""), "alice")).isEqualTo(new Caller.Token(""));
  }

  @Test
  void withoutATokenTheNameInTheCertificateCountsIfThereIsOne() {
    assertThat(Callers.of(new Metadata(), "alice")).isEqualTo(new Caller.Certificate("alice"));
    assertThat(Callers.of(new Metadata(), "")).isEqualTo(Caller.ANONYMOUS);
    assertThat(Callers.of(new Metadata(), null)).isEqualTo(Caller.ANONYMOUS);
  }

  /** CVE-2018-16886: behind the gateway the certificate is the gateway's. */
  @Test
  void whatComesThroughTheGatewayIsNeverTheCertificatesUser() {
    Metadata gateway = headers("grpcgateway-accept", "*/*");
    assertThat(Callers.of(gateway, "root")).isEqualTo(Caller.ANONYMOUS);
    gateway.put(key("authorization"), "t");
    assertThat(Callers.of(gateway, "root")).isEqualTo(new Caller.Token("t"));
  }

  @Test
  void aCallerDoesNotPrintItsToken() {
    assertThat(Callers.token("canary-token").toString()).doesNotContain("canary");
  }

  private static Metadata headers(String... pairs) {
    Metadata headers = new Metadata();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.put(key(pairs[i]), pairs[i + 1]);
    }
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
