package dev.kvorum.apiserver.pki;

import dev.kvorum.tls.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kubectl} and every other client reads to find a server, trust it, and say who they are: one cluster, one
 * user, one context, which is the current one.
 *
 * @param cluster its name
 * @param server as in {@code https://127.0.0.1:6443}
 * @param authorities whom to trust, in PEM form; null for plain text
 * @param namespace where to look if nothing else is said
 * @param user the name of the credentials
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
public record Kubeconfig(
    String cluster,
    String server,
    byte @Nullable [] authorities,
    String namespace,
    String user,
    Credentials credentials) {

  /** How clients say who they are. One way is always needed: without any, {@code kubectl} asks for a password. */
  public sealed interface Credentials {
    /** With a certificate and its key, in PEM form. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
    record Certificate(byte[] certificate, byte[] key) implements Credentials {}

    record Token(String token) implements Credentials {
      @Override
      public String toString() {
        return "Token";
      }
    }
  }

  /** The file's content, in YAML. Holds secrets. */
  public String text() {
    String trust =
        authorities == null ? "" : "    certificate-authority-data: " + base64(authorities) + "\n";
    String context = user + "@" + cluster;
    return "apiVersion: v1\n"
        + "kind: Config\n"
        + "clusters:\n"
        + "- name: " + quoted(cluster) + "\n"
        + "  cluster:\n"
        + "    server: " + quoted(server) + "\n"
        + trust
        + "users:\n"
        + "- name: " + quoted(user) + "\n"
        + "  user:\n"
        + secrets()
        + "contexts:\n"
        + "- name: " + quoted(context) + "\n"
        + "  context:\n"
        + "    cluster: " + quoted(cluster) + "\n"
        + "    user: " + quoted(user) + "\n"
        + "    namespace: " + quoted(namespace) + "\n"
        + "current-context: " + quoted(context) + "\n"
        + "preferences: {}\n";
  }

  private String secrets() {
    return switch (credentials) {
      case Credentials.Certificate shown ->
        "    client-certificate-data: " + base64(shown.certificate()) + "\n"
            + "    client-key-data: " + base64(shown.key()) + "\n";
      case Credentials.Token said -> "    token: " + quoted(said.token()) + "\n";
    };
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** In double quotes, in which YAML understands what JSON does. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /** Writes it, whole or not at all, readable by its owner only. */
  public void write(Path file) throws IOException {
    PrivateFiles.write(file, text().getBytes(StandardCharsets.UTF_8));
  }

  /** Not what is secret. */
  @Override
  public String toString() {
    return "Kubeconfig[" + server + "]";
  }
}
