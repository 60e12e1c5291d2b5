package dev.kvorum.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateRulesTest {
  private final TestAuthority authority = TestAuthority.named("authority");

  @TempDir
  private Path directory;

  private TlsSettings settings;

  @BeforeEach
  void files() {
    Path cert = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    authority.issue("server").write(cert, key);
    settings = TlsSettings.of(cert, key)
        .demandingCertificatesOf(authority.write(directory.resolve("ca.pem")));
  }

  private CertificateRules rules(UnaryOperator<TlsSettings> change) throws IOException {
    try (TlsSource<String> source =
        TlsSource.openWithoutLooking("test", change.apply(settings), material -> "")) {
      return source.material().rules();
    }
  }

  private static X509Certificate[] chain(TestAuthority.Issued issued) {
    return new X509Certificate[] {issued.certificate()};
  }

  private static void accepted(CertificateRules rules, TestAuthority.Issued issued) {
    assertThatCode(() -> rules.checkClientTrusted(chain(issued), "EC")).doesNotThrowAnyException();
  }

  private static void refused(CertificateRules rules, TestAuthority.Issued issued, String why) {
    assertThatThrownBy(() -> rules.checkClientTrusted(chain(issued), "EC"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining(why);
  }

  @Test
  void whoIsVouchedForIsAccepted() throws IOException {
    CertificateRules rules = rules(same -> same);

    accepted(rules, authority.issue("alice"));
    refused(rules, TestAuthority.named("other").issue("alice"), "");
    refused(rules, TestAuthority.named("authority").issue("alice"), "");
    refused(rules, authority.issueExpired("alice"), "");
    refused(rules, authority.issueForServersOnly("alice"), "");
  }

  @Test
  void aConnectionOutlivesItsCertificateButNotItsAuthority() throws Exception {
    CertificateRules rules = rules(same -> same);

    rules.recheckClient(chain(authority.issueExpired("alice")));
    assertThatThrownBy(
            () -> rules.recheckClient(chain(TestAuthority.named("other").issue("alice"))))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void commonNamesMayBeLimited() throws IOException {
    CertificateRules rules =
        rules(settings -> settings.allowing(List.of("alice", "bob"), List.of()));

    accepted(rules, authority.issue("bob"));
    refused(rules, authority.issue("carol"), "not one of those allowed");
    refused(rules, authority.issue("", "h.example"), "not one of those allowed");
  }

  @Test
  void hostsMayBeLimited() throws IOException {
    CertificateRules rules = rules(
        settings -> settings.allowing(List.of(), List.of("a.example", "10.1.2.3", "x.y.example")));

    accepted(rules, authority.issue("c", "b.example", "A.example"));
    accepted(rules, authority.issue("c", "10.1.2.3"));
    accepted(rules, authority.issue("c", "*.y.example"));
    refused(rules, authority.issue("c", "b.example"), "none of the hosts allowed");
    refused(rules, authority.issue("a.example"), "none of the hosts allowed");
    refused(rules, authority.issue("c", "*.other.example", "*.example.com", "10.1.2.4"), "");
  }

  @Test
  void aListOfAnotherIssuerRevokesByNumberAlone() throws IOException {
    TestAuthority.Issued alice = authority.issue("alice");
    Path foreign = TestAuthority.named("stranger").revoke(directory.resolve("crl.pem"), alice);
    CertificateRules rules = rules(settings -> settings.withRevocations(foreign));

    refused(rules, alice, "revoked");
    accepted(rules, authority.issue("bob"));
  }

  /** Of whoever vouches for somebody, too, as far as the other side shows it. */
  @Test
  void everyCertificateThatIsShownMayBeRevoked() throws IOException {
    TestAuthority.Issued alice = authority.issue("alice");
    X509Certificate[] shown = {alice.certificate(), authority.self().certificate()};
    Path crl = authority.revoke(directory.resolve("crl.pem"), authority.self());

    assertThatCode(() -> rules(same -> same).checkClientTrusted(shown, "EC"))
        .doesNotThrowAnyException();
    CertificateRules revoking = rules(settings -> settings.withRevocations(crl));
    assertThatThrownBy(() -> revoking.checkClientTrusted(shown, "EC"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("revoked");
  }

  @Test
  void aListRevokesItsIssuersCertificatesOnly() throws IOException {
    TestAuthority other = TestAuthority.named("other");
    TestAuthority.Issued alice = authority.issue("alice");
    Path ca = directory.resolve("both.pem");
    TestAuthority.replace(ca, authority.pem() + other.pem());
    Path crl = other.revoke(directory.resolve("crl.pem"), alice);

    accepted(rules(settings -> settings.demandingCertificatesOf(ca).withRevocations(crl)), alice);
  }

  @Test
  void aListMayBeEncodedWithoutText() throws IOException {
    TestAuthority.Issued alice = authority.issue("alice");
    Path crl = directory.resolve("crl.der");
    Files.write(crl, authority.revocationList(alice));

    refused(rules(settings -> settings.withRevocations(crl)), alice, "revoked");
  }

  @Test
  void theCommonNameIsRead() {
    assertThat(CertificateRules.commonName(authority.issue("a, b=\"c\"").certificate()))
        .isEqualTo("a, b=\"c\"");
    assertThat(CertificateRules.commonName(authority.issue("", "h.example").certificate()))
        .isEmpty();
  }
}
