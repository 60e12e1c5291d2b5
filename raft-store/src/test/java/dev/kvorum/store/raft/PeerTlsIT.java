package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.tls.TestAuthority;
import dev.kvorum.tls.TlsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that secure the connections between them. */
class PeerTlsIT {
  private final TestAuthority authority = TestAuthority.named("authority");
  private final Map<String, TestAuthority.Issued> issued = new ConcurrentHashMap<>();
  private final Map<String, TlsSettings> written = new ConcurrentHashMap<>();

  @TempDir
  private Path directory;

  private Path ca;
  private Path crl;

  @BeforeEach
  void files() throws IOException {
    Files.createDirectories(directory.resolve("tls"));
    ca = authority.write(directory.resolve("tls/ca.pem"));
    crl = authority.revoke(directory.resolve("tls/crl.pem"));
  }

  private TlsSettings settings(String name, TestAuthority.Issued identity) {
    Path cert = directory.resolve("tls/" + name + ".pem");
    Path key = directory.resolve("tls/" + name + ".key");
    identity.write(cert, key);
    return TlsSettings.of(cert, key).demandingCertificatesOf(ca).withRevocations(crl);
  }

  private TestCluster cluster(int size) {
    return TestCluster.secured(
        directory.resolve("data"),
        size,
        name -> new RaftConfig.PeerSecurity(written.computeIfAbsent(name, this::ofMember), true));
  }

  private TlsSettings ofMember(String name) {
    return settings(name, issued.computeIfAbsent(name, key -> authority.issue(name, "127.0.0.1")));
  }

  /** What a member answers to somebody who shows this; null for an answer. */
  private static Status.@Nullable Code asked(
      RaftConfig config, RaftConfig.@Nullable PeerSecurity security) throws IOException {
    try (PeerTls tls = security == null ? null : PeerTls.open(security);
        PeerClient client = new PeerClient(
            config.clusterId(),
            config.memberId(),
            id -> Optional.of(RaftConfig.address(config.listenPeerUrls().get(0))),
            Failpoints.NONE,
            tls)) {
      client
          .call(config.memberId(), PeerMethod.CONFIRM_TERM, PeerWire.number(1), 20_000)
          .join();
      return null;
    } catch (CompletionException e) {
      return ((StatusException) Objects.requireNonNull(e.getCause()))
          .getStatus()
          .getCode();
    }
  }

  private static Status.@Nullable Code asked(RaftConfig config, TlsSettings settings)
      throws IOException {
    return asked(config, new RaftConfig.PeerSecurity(settings, true));
  }

  @Test
  void threeMembersAgreeAndOutliveTheirLeader() {
    try (TestCluster cluster = cluster(3)) {
      cluster.startAll();
      int leader = cluster.awaitLeader();
      TestCluster.put(cluster.store(cluster.aFollower()), "a", "1");

      cluster.stop(leader);
      int next = cluster.awaitLeader();
      assertThat(next).isNotEqualTo(leader);
      TestCluster.put(cluster.store(cluster.aFollower()), "a", "2");
      cluster.start(leader);

      assertCaughtUp(cluster, leader);
    }
  }

  private static void assertCaughtUp(TestCluster cluster, int member) {
    TestCluster.until(
        "the old leader has caught up",
        () -> "2".equals(TestCluster.read(cluster.store(member), "a")));
    cluster.assertConverged();
  }

  @Test
  void onlyMembersAreLetIn() throws IOException {
    try (TestCluster cluster = cluster(1)) {
      cluster.startAll();
      RaftConfig config = cluster.config(0);
      TestAuthority stranger = TestAuthority.named("stranger");

      assertThat(asked(config, settings("good", authority.issue("x", "127.0.0.1"))))
          .isNull();
      assertThat(asked(config, settings("anywhere", authority.issue("x")))).isNull();
      assertThat(asked(config, (RaftConfig.PeerSecurity) null)).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(asked(config, settings("other", stranger.issue("x", "127.0.0.1"))))
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(asked(config, settings("old", authority.issueExpired("x", "127.0.0.1"))))
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(asked(config, settings("server", authority.issueForServersOnly("x"))))
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(asked(config, settings("elsewhere", authority.issue("x", "192.0.2.1"))))
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(asked(config, settings("nowhere", authority.issue("x", "no-such-host.invalid"))))
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(asked(config, settings("local", authority.issue("x", "localhost"))))
          .isNull();
    }
  }

  @Test
  void theOtherSideMustBeWhoItIsCalled() throws IOException {
    issued.put("m0", authority.issue("m0", "192.0.2.1"));
    try (TestCluster cluster = cluster(1)) {
      cluster.startAll();

      assertThat(asked(cluster.config(0), settings("good", authority.issue("x", "127.0.0.1"))))
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void aRevokedMemberIsCutOffInBothDirectionsAndTheOthersGoOn() {
    try (TestCluster cluster = cluster(3)) {
      cluster.startAll();
      int leader = cluster.awaitLeader();
      int victim = cluster.aFollower();
      int other = 3 - leader - victim;
      TestCluster.put(cluster.store(leader), "a", "1");
      TestCluster.until(
          "all have it",
          () -> cluster.running().stream()
              .allMatch(store -> store.revision() == cluster.store(leader).revision()));

      authority.revoke(crl, Objects.requireNonNull(issued.get("m" + victim)));

      TestCluster.until(
          "the victim has lost its leader", () -> cluster.store(victim).leaderlessMillis() > 0);
      long before = cluster.store(victim).revision();
      TestCluster.put(cluster.store(other), "a", "2");
      assertThat(TestCluster.read(cluster.store(other), "a")).isEqualTo("2");
      assertThat(cluster.store(victim).revision()).isEqualTo(before);

      authority.revoke(crl);

      TestCluster.until(
          "the victim is back",
          () -> cluster.store(victim).revision() == cluster.store(leader).revision());
    }
  }

  @Test
  void authorityAndCertificatesAreReplacedUnderRunningMembers() throws IOException {
    TestAuthority next = TestAuthority.named("next authority");
    try (TestCluster cluster = cluster(3)) {
      cluster.startAll();
      TestCluster.put(cluster.store(cluster.aFollower()), "a", "1");
      TlsSettings known = settings("known", authority.issue("x", "127.0.0.1"));
      TlsSettings ofNext = settings("of-next", next.issue("x", "127.0.0.1"));

      TestAuthority.replace(ca, authority.pem() + next.pem());
      untilAllAnswer(cluster, ofNext, null);
      issued.keySet().forEach(name -> settings(name, next.issue(name, "127.0.0.1")));
      next.revoke(crl);
      TestAuthority.replace(ca, next.pem());
      untilAllAnswer(cluster, known, Status.Code.UNAVAILABLE);

      untilAllAnswer(cluster, ofNext, null);
      int leader = cluster.awaitLeader();
      cluster.stop(leader);
      cluster.awaitLeader();
      TestCluster.put(cluster.store(cluster.aFollower()), "a", "2");
      cluster.start(leader);
      assertCaughtUp(cluster, leader);
    }
  }

  private static void untilAllAnswer(
      TestCluster cluster, TlsSettings caller, Status.@Nullable Code answer) {
    for (int i = 0; i < 3; i++) {
      RaftConfig config = cluster.config(i);
      TestCluster.until("an answer of " + answer, () -> {
        try {
          return Objects.equals(asked(config, caller), answer);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }

  @Test
  void urlsOfBothKindsAreRefused() {
    RaftConfig.Builder builder = RaftConfig.builder(directory.resolve("x"), "a");

    assertThatThrownBy(() -> builder
            .initialCluster(
                Map.of("a", List.of("https://127.0.0.1:1"), "b", List.of("http://127.0.0.1:2")))
            .build())
        .hasMessageContaining("all http or all https");
    assertThatThrownBy(() ->
            builder.initialCluster(Map.of("a", List.of("https://127.0.0.1:1"))).build())
        .hasMessageContaining("need a certificate");
  }
}
