package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerOptionsTest {
  private static ServerOptions options(String... arguments) {
    return ServerOptions.of(
        FlagValues.parse(List.of(arguments), Map.of(), FlagValues.UnknownFlags.REFUSE), ".kvorum");
  }

  @Test
  void defaultsAreEtcds() {
    ServerOptions options = options();

    assertThat(options.name()).isEqualTo("default");
    assertThat(options.dataDirectory().getFileName()).hasToString("default.kvorum");
    assertThat(options.listenClients())
        .containsExactly(new Endpoint("http://localhost:2379", false, "localhost", 2379));
    assertThat(options.initialCluster())
        .containsOnly(Map.entry("default", List.of("http://localhost:2380")));
    assertThat(options.electionMillis()).isEqualTo(1000);
    assertThat(options.heartbeatMillis()).isEqualTo(100);
    assertThat(options.maxTxnOps()).isEqualTo(128);
    assertThat(options.maxRequestBytes()).isEqualTo(1_572_864);
    assertThat(options.maxConcurrentStreams()).isEqualTo(Integer.MAX_VALUE);
    assertThat(options.maintenance().quotaBytes()).isEqualTo(2_147_483_648L);
    assertThat(options.existing()).isFalse();
  }

  @Test
  void everyMemberOfTheInitialClusterIsKept() {
    ServerOptions options = options(
        "--name=b",
        "--initial-cluster=a=http://h1:1,b=http://h2:2,b=http://h2:3",
        "--initial-advertise-peer-urls=http://h2:3,http://h2:2");

    assertThat(options.initialCluster())
        .containsExactly(
            Map.entry("a", List.of("http://h1:1")),
            Map.entry("b", List.of("http://h2:2", "http://h2:3")));
  }

  @Test
  void aMemberMustBePartOfItsCluster() {
    assertThatThrownBy(() -> options("--name=c", "--initial-cluster=a=http://h1:1"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("couldn't find local name \"c\"");
  }

  @Test
  void aMemberMustAdvertiseWhatTheClusterExpects() {
    assertThatThrownBy(() -> options("--name=a", "--initial-cluster=a=http://h1:1"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--initial-advertise-peer-urls");
  }

  @Test
  void listeningSomewhereElseNeedsAnAdvertisedUrl() {
    assertThatThrownBy(() -> options("--listen-client-urls=http://0.0.0.0:2379"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--advertise-client-urls is required");
  }

  @Test
  void anElectionNeedsFiveHeartbeats() {
    assertThatThrownBy(() -> options("--heartbeat-interval=300"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("five times");
  }

  @Test
  void httpsNeedsACertificate() {
    assertThatThrownBy(() -> options(
            "--listen-client-urls=https://127.0.0.1:2379",
            "--advertise-client-urls=https://127.0.0.1:2379"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("TLS key/cert (--cert-file, --key-file) must be provided")
        .hasMessageContaining("https://127.0.0.1:2379");
    assertThatThrownBy(() -> options("--listen-metrics-urls=https://127.0.0.1:2381"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--listen-metrics-urls");
    assertThatThrownBy(() -> options("--cert-file=server.pem"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("must be set together");
  }

  @Test
  void whatCannotBeEnforcedIsRefused() {
    for (String flag : List.of(
        "--client-cert-auth", "--client-crl-file=crl.pem", "--client-cert-allowed-hostname=a")) {
      assertThatThrownBy(() -> options("--cert-file=c", "--key-file=k", flag))
          .as(flag)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("--trusted-ca-file");
      assertThatThrownBy(() -> options("--auto-tls", "--trusted-ca-file=ca", flag))
          .as(flag)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("--auto-tls");
    }
  }

  @Test
  void versionsAndSuitesAreChecked() {
    assertThatThrownBy(() -> options("--tls-min-version=TLS1.1"))
        .hasMessageContaining("unexpected TLS version \"TLS1.1\"");
    assertThatThrownBy(() -> options("--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2"))
        .hasMessageContaining("is greater than max version");
    assertThatThrownBy(() -> options("--cipher-suites=TLS_X"))
        .hasMessageContaining("unexpected TLS cipher suite \"TLS_X\"");
    assertThatThrownBy(() -> options(
            "--tls-min-version=TLS1.3", "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
        .hasMessageContaining("cipher suites cannot be configured");
  }

  @Test
  void malformedUrlsAreNamed() {
    for (String url : List.of(
        "127.0.0.1:2379", "http://127.0.0.1", "http://h:70000", "http://h:1/path", "http://")) {
      assertThatThrownBy(() -> options("--listen-peer-urls=" + url))
          .as(url)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("--listen-peer-urls");
    }
  }

  @Test
  void anIpv6AddressLosesItsBracketsOnlyInside() {
    Endpoint endpoint = Endpoint.parse("listen-peer-urls", "http://[::1]:2380");

    assertThat(endpoint.host()).isEqualTo("::1");
    assertThat(endpoint.hostAndPort()).isEqualTo("[::1]:2380");
  }
}
