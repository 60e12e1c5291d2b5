package dev.kvorum.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSourceTest {
  private final TestAuthority authority = TestAuthority.named("authority");

  @TempDir
  private Path directory;

  private Path cert() {
    return directory.resolve("cert.pem");
  }

  private Path key() {
    return directory.resolve("key.pem");
  }

  private Path ca() {
    return directory.resolve("ca.pem");
  }

  private Path crl() {
    return directory.resolve("crl.pem");
  }

  private static TlsSource<String> open(TlsSettings settings) throws IOException {
    return TlsSource.openWithoutLooking(
        "test",
        settings,
        material -> CertificateRules.commonName(material.identity().chain().get(0)));
  }

  @Test
  void aNewCertificateIsTakenOverOnceItsKeyIsThere() throws IOException {
    authority.issue("one").write(cert(), key());
    try (TlsSource<String> source = open(TlsSettings.of(cert(), key()))) {
      assertThat(source.current()).isEqualTo("one");
      assertThat(source.look()).isFalse();
      TestAuthority.Issued two = authority.issue("two");

      two.writeCertificate(cert());
      assertThat(source.look()).as("certificate and key do not fit").isFalse();
      assertThat(source.current()).isEqualTo("one");

      two.write(cert(), key());
      assertThat(source.look()).isTrue();
      assertThat(source.current()).isEqualTo("two");
    }
  }

  @Test
  void aBrokenFileChangesNothing() throws IOException {
    authority.issue("one").write(cert(), key());
    authority.write(ca());
    authority.revoke(crl());
    try (TlsSource<String> source =
        open(TlsSettings.of(cert(), key()).demandingCertificatesOf(ca()).withRevocations(crl()))) {
      TlsMaterial before = source.material();
      for (Path file : List.of(cert(), key(), ca(), crl())) {
        String good = Files.readString(file);
        for (String bad : List.of("", "rubbish", good.substring(0, good.length() / 2))) {
          TestAuthority.replace(file, bad);
          assertThat(source.look()).as("%s with '%s'", file, bad).isFalse();
          assertThat(source.material()).isSameAs(before);
        }
        Files.delete(file);
        assertThat(source.look()).isFalse();
        TestAuthority.replace(file, good);
      }
      source.look();
      assertThat(source.current()).isEqualTo("one");
    }
  }

  @Test
  void authoritiesAndRevocationsAreReloadedToo() throws Exception {
    TestAuthority other = TestAuthority.named("other");
    authority.issue("server").write(cert(), key());
    authority.write(ca());
    authority.revoke(crl());
    X509Certificate[] alice = {authority.issue("alice").certificate()};
    TestAuthority.Issued bobs = other.issue("bob");
    X509Certificate[] bob = {bobs.certificate()};
    List<String> heard = new ArrayList<>();
    try (TlsSource<String> source =
        open(TlsSettings.of(cert(), key()).demandingCertificatesOf(ca()).withRevocations(crl()))) {
      source.onChange(() -> heard.add("changed"));
      source.material().rules().checkClientTrusted(alice, "EC");
      assertThatThrownBy(() -> source.material().rules().checkClientTrusted(bob, "EC"))
          .isInstanceOf(CertificateException.class);

      TestAuthority.replace(ca(), authority.pem() + other.pem());
      assertThat(source.look()).isTrue();
      source.material().rules().checkClientTrusted(alice, "EC");
      source.material().rules().checkClientTrusted(bob, "EC");

      other.revoke(crl(), bobs);
      assertThat(source.look()).isTrue();
      source.material().rules().checkClientTrusted(alice, "EC");
      assertThatThrownBy(() -> source.material().rules().checkClientTrusted(bob, "EC"))
          .hasMessageContaining("revoked");
      assertThat(heard).hasSize(2);
    }
  }

  @Test
  void aLinkThatIsTurnedIsSeen() throws IOException {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    authority.issue("one").write(first.resolve("cert.pem"), first.resolve("key.pem"));
    authority.issue("two").write(second.resolve("cert.pem"), second.resolve("key.pem"));
    Path link = Files.createSymbolicLink(directory.resolve("current"), first);
    try (TlsSource<String> source =
        open(TlsSettings.of(link.resolve("cert.pem"), link.resolve("key.pem")))) {
      Files.delete(link);
      Files.createSymbolicLink(link, second);

      assertThat(source.look()).isTrue();
      assertThat(source.current()).isEqualTo("two");
    }
  }

  @Test
  void theStartSaysWhichFileIsBad() throws IOException {
    authority.issue("one").write(cert(), key());
    assertThatThrownBy(() -> open(TlsSettings.of(cert(), directory.resolve("nowhere"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere does not exist");
    assertThatThrownBy(() -> open(TlsSettings.of(key(), key())))
        .hasMessageContaining("key.pem has no certificate");
    assertThatThrownBy(() -> open(TlsSettings.of(cert(), cert())))
        .hasMessageContaining("cert.pem has no private key");
    Path otherKey = directory.resolve("other.pem");
    authority.issue("two").write(directory.resolve("two.pem"), otherKey);
    assertThatThrownBy(() -> open(TlsSettings.of(cert(), otherKey)))
        .hasMessageContaining("does not belong to the certificate");
  }

  @Test
  void aRevocationListMustBeSignedByTheAuthorityItNames() throws IOException {
    authority.issue("one").write(cert(), key());
    authority.write(ca());
    TestAuthority.named("authority").revoke(crl());

    assertThatThrownBy(() -> open(
            TlsSettings.of(cert(), key()).demandingCertificatesOf(ca()).withRevocations(crl())))
        .hasMessageContaining("has not signed");
  }
}
