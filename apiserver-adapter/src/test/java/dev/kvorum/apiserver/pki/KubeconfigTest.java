package dev.kvorum.apiserver.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
  @TempDir
  Path directory;

  @Test
  void saysWhereWhomToTrustAndWho() {
    byte[] pem = "pem".getBytes(StandardCharsets.US_ASCII);
    byte[] key = "key".getBytes(StandardCharsets.US_ASCII);
    Kubeconfig config = new Kubeconfig(
        "c", "https://h:1", pem, "ns", "u", new Kubeconfig.Credentials.Certificate(pem, key));

    assertThat(config.text()).isEqualTo("""
            apiVersion: v1
            kind: Config
            clusters:
            - name: "c"
              cluster:
                server: "https://h:1"
                certificate-authority-data: cGVt
            users:
            - name: "u"
              user:
                client-certificate-data: cGVt
                client-key-data: a2V5
            contexts:
            - name: "u@c"
              context:
                cluster: "c"
                user: "u"
                namespace: "ns"
            current-context: "u@c"
            preferences: {}
            """);
    assertThat(config.toString()).doesNotContain("a2V5");
  }

  @Test
  void replacesWhatWasThereAndLeavesNothingElse() throws Exception {
    Path file = Files.writeString(directory.resolve("config"), "old");
    new Kubeconfig("c", "http://h", null, "ns", "u", new Kubeconfig.Credentials.Token("a\"b"))
        .write(file);

    assertThat(Files.readString(file))
        .contains("token: \"a\\\"b\"\n")
        .doesNotContain("authority")
        .doesNotContain("old");
    assertThat(directory.toFile().list()).containsExactly("config");
  }
}
