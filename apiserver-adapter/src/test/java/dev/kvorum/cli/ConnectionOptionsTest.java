package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.tls.ClientTls;
import dev.kvorum.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConnectionOptionsTest {
  @TempDir
  private Path directory;

  private String ca = "";
  private String cert = "";
  private String key = "";

  @BeforeEach
  void files() {
    TestAuthority authority = TestAuthority.named("authority");
    ca = authority.write(directory.resolve("ca.pem")).toString();
    cert = directory.resolve("cert.pem").toString();
    key = directory.resolve("key.pem").toString();
    authority.issue("client").write(Path.of(cert), Path.of(key));
  }

  private static ConnectionOptions connection(Map<String, String> environment, String... given) {
    ConnectionOptions options = new ConnectionOptions(environment);
    new CommandLine(options).parseArgs(given);
    return options;
  }

  private static boolean isSecured(ConnectionOptions options, String endpoint) {
    return options.endpoint("endpoints", endpoint).secure();
  }

  @Test
  void anAddressWithoutASchemeMeansTlsIfThereIsAnythingToUseItWith() {
    assertThat(isSecured(connection(Map.of()), "h:1")).isFalse();
    assertThat(isSecured(connection(Map.of(), "--cacert", ca), "h:1")).isTrue();
    assertThat(isSecured(connection(Map.of("ETCDCTL_CERT", cert, "ETCDCTL_KEY", key)), "h:1"))
        .isTrue();
    assertThat(isSecured(connection(Map.of(), "--insecure-skip-tls-verify"), "h:1"))
        .isTrue();
  }

  @Test
  void aSchemeSaysWhatIsMeant() {
    ConnectionOptions options = connection(Map.of(), "--cacert", ca);

    assertThat(isSecured(options, "http://h:1")).isFalse();
    assertThat(options.tls(options.endpoint("endpoints", "http://h:1"))).isNull();
    assertThat(isSecured(connection(Map.of()), "https://h:1")).isTrue();
  }

  @Test
  void anOptionBeatsOurVariableAndThatBeatsEtcdctls() {
    Map<String, String> both = Map.of(
        "KVORUM_CACERT", ca, "ETCDCTL_CACERT", "nowhere", "ETCDCTL_CERT", cert, "ETCDCTL_KEY", key);
    ConnectionOptions options = connection(both);
    Endpoint endpoint = options.endpoint("endpoints", "h:1");

    ClientTls tls = Objects.requireNonNull(options.tls(endpoint));
    assertThat(Objects.requireNonNull(tls.identity()).chain().get(0).getSubjectX500Principal())
        .hasToString("CN=client");
    ConnectionOptions other = connection(both, "--cacert", "elsewhere");
    assertThatThrownBy(() -> other.tls(endpoint))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("elsewhere");
  }

  @Test
  void whatCannotBeUsedIsRefusedByName() throws Exception {
    Endpoint endpoint = Endpoint.parse("endpoints", "https://h:1");
    Path empty = Files.createFile(directory.resolve("empty.pem"));

    assertThatThrownBy(() -> connection(Map.of(), "--cert", cert).tls(endpoint))
        .hasMessage("--cert and --key must be set together");
    assertThatThrownBy(() -> connection(Map.of(), "--cacert", empty.toString()).tls(endpoint))
        .hasMessageContaining(empty + " has no certificate");
  }

  private static Login login(Map<String, String> environment, String... given) {
    LoginOptions options = new LoginOptions(environment);
    new CommandLine(options).parseArgs(given);
    return Objects.requireNonNull(options.login());
  }

  @Test
  void aUserComesWithAPasswordInOneOfThreeWays() {
    assertThat(new LoginOptions(Map.of()).login()).isNull();
    assertThat(login(Map.of(), "--user", "u:p:q")).isEqualTo(new Login("u", "p:q"));
    assertThat(login(Map.of(), "--user", "u", "--password", "p")).isEqualTo(new Login("u", "p"));
    assertThat(login(Map.of("ETCDCTL_USER", "u", "ETCDCTL_PASSWORD", "p")))
        .isEqualTo(new Login("u", "p"));
    assertThat(new Login("u", "secret").toString()).doesNotContain("secret");
  }
}
