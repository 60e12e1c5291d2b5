package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.tls.ClientTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterTest {
  @TempDir
  private Path directory;

  @Test
  void certificatesAreMadeForEverybodyAndReadableForTheirOwnerOnly() throws Exception {
    LocalCluster cluster = new LocalCluster(directory.resolve("c"));

    cluster.create(2, 20_000, "64m", true);

    assertThat(cluster.members())
        .extracting(LocalMember::clientEndpoint)
        .containsExactly("https://127.0.0.1:20000", "https://127.0.0.1:20010");
    Path certificates = directory.resolve("c").resolve("certs");
    for (String name :
        new String[] {"m1-server", "m1-peer", "m2-server", "m2-peer", "client-root"}) {
      Path certificate = certificates.resolve(name + ".pem");
      Path key = certificates.resolve(name + "-key.pem");
      ClientTls read = ClientTls.read(certificates.resolve("ca.pem"), certificate, key);
      String subject = name.startsWith("client-") ? "root" : name.substring(0, 2);
      assertThat(Objects.requireNonNull(read.identity()).chain().get(0).getSubjectX500Principal())
          .hasToString("CN=" + subject);
      assertThat(Files.getPosixFilePermissions(key))
          .containsExactlyInAnyOrder(
              PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }
    assertThat(certificates.resolve("ca-key.pem")).doesNotExist();
  }

  @Test
  void withoutCertificatesEverythingIsPlain() {
    LocalCluster cluster = new LocalCluster(directory.resolve("c"));

    cluster.create(1, 20_000, "64m", false);

    assertThat(cluster.certificates().exist()).isFalse();
    assertThat(cluster.member(1).clientEndpoint()).isEqualTo("127.0.0.1:20000");
  }
}
