package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @TempDir
  private Path directory;

  private FlagValues parse(String content, String... arguments) throws IOException {
    return parse(content, FlagValues.UnknownFlags.REFUSE, Map.of(), arguments);
  }

  private FlagValues parse(
      String content,
      FlagValues.UnknownFlags unknown,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    Path file = Files.writeString(directory.resolve("etcd.conf"), content);
    List<String> all = new java.util.ArrayList<>(List.of(arguments));
    all.add("--config-file=" + file);
    return FlagValues.parse(all, environment, unknown);
  }

  @Test
  void keysAreTheNamesOfFlags() throws IOException {
    FlagValues flags = parse("""
        # This is the configuration file for the etcd server.
        name: 'm1'
        data-dir:
        snapshot-count: 77
        grpc-keepalive-min-time: 5000000000
        grpc-keepalive-timeout: 7s
        listen-client-urls: http://127.0.0.1:1,http://127.0.0.1:2
        advertise-client-urls: http://127.0.0.1:1
        strict-reconfig-check: false
        log-outputs: [stderr]
        cipher-suites: [
          TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
          TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        ]
        discovery-config:
          endpoints: []
        """);

    assertThat(flags.text("name")).isEqualTo("m1");
    assertThat(flags.isSet("data-dir")).isFalse();
    assertThat(flags.integer("snapshot-count", 1, 100)).isEqualTo(77);
    assertThat(flags.duration("grpc-keepalive-min-time")).isEqualTo(Duration.ofSeconds(5));
    assertThat(flags.duration("grpc-keepalive-timeout")).isEqualTo(Duration.ofSeconds(7));
    assertThat(flags.list("listen-client-urls")).hasSize(2);
    assertThat(flags.list("cipher-suites")).hasSize(2);
    assertThat(ServerOptions.of(flags, ".kvorum").listenClients()).hasSize(2);
  }

  @Test
  void tlsIsInMapsOfItsOwn() throws IOException {
    FlagValues flags = parse("""
        client-transport-security:
          cert-file: c
          key-file: k
          client-cert-auth: true
          trusted-ca-file: ca
          auto-tls: false
        peer-transport-security:
          cert-file: pc
          key-file: pk
          client-cert-auth: true
          trusted-ca-file: pca
          allowed-cn: [a, b]
          skip-client-san-verification: true
        """);

    assertThat(flags.text("cert-file")).isEqualTo("c");
    assertThat(flags.bool("client-cert-auth")).isTrue();
    assertThat(flags.text("peer-key-file")).isEqualTo("pk");
    assertThat(flags.list("peer-cert-allowed-cn")).containsExactly("a", "b");
    assertThat(flags.bool("peer-skip-client-san-verification")).isTrue();
    assertThat(ServerOptions.of(flags, ".kvorum").peerSecurity().certAuth()).isTrue();
  }

  @Test
  void jsonIsFineToo() throws IOException {
    assertThat(parse("{\"name\": \"x\", \"max-txn-ops\": 5}").text("max-txn-ops"))
        .isEqualTo("5");
  }

  @Test
  void flagsAndEnvironmentCountForNothingBesideAFile() throws IOException {
    FlagValues flags = parse(
        "snapshot-count: 5",
        FlagValues.UnknownFlags.REFUSE,
        Map.of("ETCD_NAME", "variable", "KVORUM_MAX_TXN_OPS", "3"),
        "--name=flag");

    assertThat(flags.text("name")).isEqualTo("default");
    assertThat(flags.text("max-txn-ops")).isEqualTo("128");
    assertThat(flags.warnings()).singleElement().asString().contains("--name");
  }

  @Test
  void theEnvironmentMayNameTheFile() throws IOException {
    Path file = Files.writeString(directory.resolve("etcd.conf"), "name: fromfile");

    assertThat(FlagValues.parse(
                List.of("--name=flag"),
                Map.of("ETCD_CONFIG_FILE", file.toString()),
                FlagValues.UnknownFlags.REFUSE)
            .text("name"))
        .isEqualTo("fromfile");
  }

  @Test
  void whatIsWrongIsSaidInWords() throws IOException {
    assertThatThrownBy(() -> parse("nmae: x"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("unknown key nmae");
    assertThat(parse("nmae: x", FlagValues.UnknownFlags.IGNORE, Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("nmae");
    assertThatThrownBy(() -> parse("name: {a: b}")).hasMessageContaining("must not be a map");
    assertThatThrownBy(() -> parse("peer-transport-security: yes"))
        .hasMessageContaining("invalid peer-transport-security");
    assertThatThrownBy(() -> parse("name: [[a]]")).hasMessageContaining("list of plain values");
    assertThatThrownBy(() -> parse("- a")).hasMessageContaining("not a map");
    assertThatThrownBy(() -> parse("name: 'x\nlist: ]")).hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> FlagValues.parse(
            List.of("--config-file=/no/such/file"), Map.of(), FlagValues.UnknownFlags.REFUSE))
        .hasMessageContaining("does not exist");
  }

  @Test
  void anEmptyFileIsAllDefaults() throws IOException {
    assertThat(parse("").text("name")).isEqualTo("default");
    assertThat(parse("# nothing\n").text("name")).isEqualTo("default");
  }
}
