package dev.kvorum.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedCertificateTest {
  @TempDir
  private Path directory;

  private static X509Certificate certificate(TlsSettings settings) throws IOException {
    try (TlsSource<String> source =
        TlsSource.openWithoutLooking("test", settings, material -> "")) {
      return source.material().identity().chain().get(0);
    }
  }

  @Test
  void itIsForTheHostsAndKeptForTheNextStart() throws Exception {
    Path own = directory.resolve("fixtures").resolve("client");
    List<String> hosts = List.of("localhost", "127.0.0.1", "::1");

    X509Certificate first = certificate(SelfSignedCertificate.ensure(own, hosts, 2));
    X509Certificate second = certificate(SelfSignedCertificate.ensure(own, hosts, 2));

    assertThat(second).isEqualTo(first);
    assertThat(HostNames.of(first).dnsNames()).containsExactly("localhost");
    assertThat(HostNames.of(first).match("127.0.0.1")).isTrue();
    assertThat(HostNames.of(first).match("0:0:0:0:0:0:0:1")).isTrue();
    assertThat(HostNames.of(first).match("127.0.0.2")).isFalse();
    first.verify(first.getPublicKey());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.resolve("key.pem"))))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
        .isEqualTo("rwx------");
  }
}
