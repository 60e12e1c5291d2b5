package dev.kvorum.cli;

import dev.kvorum.tls.ClientTls;
import dev.kvorum.tls.LocalAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The certificates of a {@link LocalCluster}, under the names that {@code tls/make-certs} gives them. */
final class LocalCertificates {
  private static final List<String> HOSTS = List.of("localhost", "127.0.0.1", "::1");

  private final Path directory;

  LocalCertificates(Path directory) {
    this.directory = directory;
  }

  /** Makes an authority, two certificates for each member, and one for the client {@code root}. */
  void create(List<String> members) {
    try {
      LocalAuthority authority = LocalAuthority.create(directory, "kvorum local cluster");
      for (String member : members) {
        authority.issue(member + "-server", member, HOSTS);
        authority.issue(member + "-peer", member, HOSTS);
      }
      authority.issue("client-root", "root", List.of());
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write to " + directory, failure);
    }
  }

  boolean exist() {
    return Files.isRegularFile(authorities());
  }

  /** Whom everybody trusts. */
  Path authorities() {
    return directory.resolve("ca.pem");
  }

  Path clientCertificate() {
    return directory.resolve("client-root.pem");
  }

  Path clientKey() {
    return directory.resolve("client-root-key.pem");
  }

  /** What the client {@code root} connects with. */
  ClientTls ofClient() {
    try {
      return ClientTls.read(authorities(), clientCertificate(), clientKey());
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot use the certificates in " + directory, failure);
    }
  }

  /** What a member is told about them. */
  List<String> flags(String member) {
    return List.of(
        "--cert-file=" + directory.resolve(member + "-server.pem"),
        "--key-file=" + directory.resolve(member + "-server-key.pem"),
        "--trusted-ca-file=" + authorities(),
        "--client-cert-auth",
        "--peer-cert-file=" + directory.resolve(member + "-peer.pem"),
        "--peer-key-file=" + directory.resolve(member + "-peer-key.pem"),
        "--peer-trusted-ca-file=" + authorities(),
        "--peer-client-cert-auth");
  }
}
