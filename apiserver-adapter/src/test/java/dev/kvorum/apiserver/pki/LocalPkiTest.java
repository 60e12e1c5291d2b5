package dev.kvorum.apiserver.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPkiTest {
  @TempDir
  Path parent;

  private LocalPki open(Instant now, String... names) throws IOException {
    return LocalPki.open(parent.resolve("pki"), List.of(names), Clock.fixed(now, ZoneOffset.UTC));
  }

  private X509Certificate read(String name) throws Exception {
    try (InputStream in = Files.newInputStream(parent.resolve("pki").resolve(name + ".pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void theServersCertificateIsForItsNamesAndOfTheAuthority() throws Exception {
    open(Instant.now(), "10.0.0.7", "api.example.com");
    X509Certificate server = read("apiserver");

    server.verify(read("ca").getPublicKey());
    assertThat(read("ca").getBasicConstraints()).isNotNegative();
    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(server.getSubjectAlternativeNames().stream().<Object>map(name -> name.get(1)))
        .containsExactlyInAnyOrder(
            "127.0.0.1",
            "0:0:0:0:0:0:0:1",
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "10.0.0.7",
            "api.example.com");
  }

  @Test
  void theAdministratorIsAMasterAndNoServer() throws Exception {
    open(Instant.now());
    X509Certificate admin = read("admin");

    assertThat(admin.getSubjectX500Principal().getName())
        .isEqualTo("CN=kubernetes-admin,O=system:masters");
    assertThat(admin.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(admin.getSubjectAlternativeNames()).isNull();
  }

  @Test
  void onlyTheOwnerCanReadThem() throws Exception {
    open(Instant.now()).adminConfig("https://x").write(parent.resolve("pki/kubeconfig"));

    assertThat(permissions(parent.resolve("pki"))).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(parent.resolve("pki"))) {
      assertThat(files.toList())
          .hasSize(7)
          .allSatisfy(file -> assertThat(permissions(file)).isEqualTo("rw-------"));
    }
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsThereStays() throws Exception {
    Instant now = Instant.now();
    open(now);
    X509Certificate server = read("apiserver");
    X509Certificate admin = read("admin");
    LocalPki again = open(now.plus(Duration.ofDays(300)));

    assertThat(again.renew()).isFalse();
    assertThat(read("apiserver")).isEqualTo(server);
    assertThat(read("admin")).isEqualTo(admin);
  }

  @Test
  void whatIsAboutToExpireIsRenewedByTheSameAuthority() throws Exception {
    Instant now = Instant.now();
    open(now);
    X509Certificate authority = read("ca");
    X509Certificate server = read("apiserver");
    open(now.plus(Duration.ofDays(340)));

    assertThat(read("ca")).isEqualTo(authority);
    assertThat(read("apiserver")).isNotEqualTo(server);
    assertThat(read("apiserver").getNotAfter())
        .isAfter(java.util.Date.from(now.plus(Duration.ofDays(600))));
  }

  @Test
  void anAuthorityThatIsAboutToExpireIsReplacedWithAllItHasIssued() throws Exception {
    Instant now = Instant.now();
    open(now);
    X509Certificate authority = read("ca");
    open(now.plus(Duration.ofDays(3400)));

    assertThat(read("ca")).isNotEqualTo(authority);
    read("apiserver").verify(read("ca").getPublicKey());
    read("admin").verify(read("ca").getPublicKey());
  }

  @Test
  void otherNamesNeedAnotherCertificate() throws Exception {
    Instant now = Instant.now();
    open(now, "fe80::1");
    X509Certificate server = read("apiserver");
    open(now, "fe80::1");
    assertThat(read("apiserver")).isEqualTo(server);

    open(now, "fe80::2");
    assertThat(read("apiserver")).isNotEqualTo(server);
  }

  @Test
  void aKeyThatWasLostOrIsAnotherOnesIsMadeAnew() throws Exception {
    Instant now = Instant.now();
    LocalPki pki = open(now);
    Files.copy(
        pki.adminKey(),
        parent.resolve("pki/apiserver-key.pem"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.delete(pki.adminKey());

    assertThat(pki.renew()).isTrue();
    assertThat(pki.renew()).isFalse();
  }
}
