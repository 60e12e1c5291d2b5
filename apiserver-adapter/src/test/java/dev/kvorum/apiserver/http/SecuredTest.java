package dev.kvorum.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.tls.ClientTls;
import dev.kvorum.tls.KeptAuthority;
import dev.kvorum.tls.KeptAuthority.Subject;
import dev.kvorum.tls.TlsSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SecuredTest {
  @TempDir
  Path directory;

  private HttpConfig config;

  @BeforeEach
  void issue() throws IOException {
    KeptAuthority authority = authority("own");
    authority.ensure(
        "server", new Subject("server", List.of(), List.of("127.0.0.1")), Instant.now());
    config = HttpConfig.secured(
        TestServer.FREE,
        TlsSettings.of(file("own/server.pem"), file("own/server-key.pem"))
            .trusting(authority.certificate()));
  }

  private KeptAuthority authority(String name) throws IOException {
    KeptAuthority authority = KeptAuthority.open(directory.resolve(name), name, Instant.now());
    authority.ensure(
        "alice", new Subject("alice", List.of("devs", "ops"), List.of()), Instant.now());
    return authority;
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private static HttpHandler certificates() {
    return (request, responder) -> responder.send(HttpResponse.text(
        200,
        request.secure() + " "
            + request.clientCertificates().stream()
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .toList()));
  }

  private static java.net.http.HttpResponse<String> get(
      TestServer it, ClientTls tls, Version version) throws Exception {
    HttpClient client =
        HttpClient.newBuilder().sslContext(tls.context()).version(version).build();
    URI uri = URI.create("https://127.0.0.1:" + it.server.address().getPort() + "/");
    return client.send(java.net.http.HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void bothVersionsOfHttpAreAgreedUpon() throws Exception {
    try (TestServer it = new TestServer(config, certificates())) {
      ClientTls tls = ClientTls.read(file("own/ca.pem"), null, null);
      var newer = get(it, tls, Version.HTTP_2);
      assertThat(newer.version()).isEqualTo(Version.HTTP_2);
      assertThat(newer.body()).isEqualTo("true []");

      var older = get(it, tls, Version.HTTP_1_1);
      assertThat(older.version()).isEqualTo(Version.HTTP_1_1);
      assertThat(older.body()).isEqualTo("true []");
    }
  }

  @Test
  void aCertificateOfTheAuthorityIsHandedOn() throws Exception {
    try (TestServer it = new TestServer(config, certificates())) {
      ClientTls tls =
          ClientTls.read(file("own/ca.pem"), file("own/alice.pem"), file("own/alice-key.pem"));

      assertThat(get(it, tls, Version.HTTP_2).body()).isEqualTo("true [CN=alice,O=ops,O=devs]");
      assertThat(get(it, tls, Version.HTTP_1_1).body()).isEqualTo("true [CN=alice,O=ops,O=devs]");
    }
  }

  @Test
  void aCertificateOfSomebodyElseIsNot() throws Exception {
    authority("other");
    try (TestServer it = new TestServer(config, certificates())) {
      ClientTls tls =
          ClientTls.read(file("own/ca.pem"), file("other/alice.pem"), file("other/alice-key.pem"));
      try {
        // a client may keep back what the server would not take
        assertThat(get(it, tls, Version.HTTP_1_1).body()).isEqualTo("true []");
      } catch (IOException e) {
        assertThat(it.server.metrics().answers()).isEmpty();
      }
    }
  }

  @Test
  void plainTextIsNotServed() throws Exception {
    try (TestServer it = new TestServer(config, certificates());
        RawClient client = it.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

      assertThatThrownBy(client::head).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whoDoesNotFinishTheHandshakeIsNotWaitedFor() throws Exception {
    HttpLimits limits = HttpLimits.builder().handshake(Duration.ofMillis(100)).build();
    try (TestServer it = new TestServer(config.with(limits), certificates());
        RawClient client = it.connect()) {
      assertThat(client.isAtEnd()).isTrue();
    }
  }
}
