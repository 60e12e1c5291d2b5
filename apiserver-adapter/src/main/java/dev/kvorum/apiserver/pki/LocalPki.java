package dev.kvorum.apiserver.pki;

import dev.kvorum.tls.KeptAuthority;
import dev.kvorum.tls.KeptAuthority.Subject;
import dev.kvorum.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An authority and what it has issued, in one directory, readable by its owner only:
 *
 * <ul>
 *   <li>{@code ca.pem}, {@code ca-key.pem}: the authority
 *   <li>{@code apiserver.pem}, {@code apiserver-key.pem}: what the server shows
 *   <li>{@code admin.pem}, {@code admin-key.pem}: the user {@code kubernetes-admin} in the group {@code system:masters}
 * </ul>
 *
 * <p>What is there stays, unless it is about to expire or is for other names. Thread-safe.
 */
public final class LocalPki {
  /** Under these every server can be reached, from its own machine and, by these names, from a cluster. */
  private static final List<String> USUAL_NAMES = List.of(
      "127.0.0.1",
      "::1",
      "localhost",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc");

  private static final String AUTHORITY = "kvorum-kubernetes-ca";
  private static final String SERVER = "apiserver";
  private static final String ADMIN = "admin";

  private final Path directory;
  private final List<String> names;
  private final Clock clock;

  private LocalPki(Path directory, List<String> names, Clock clock) {
    this.directory = directory;
    this.names = names;
    this.clock = clock;
  }

  /**
   * Makes whatever is not there yet.
   *
   * @param moreNames names and addresses under which the server is reached besides the usual ones
   */
  public static LocalPki open(Path directory, List<String> moreNames, Clock clock)
      throws IOException {
    Set<String> names = new LinkedHashSet<>(USUAL_NAMES);
    names.addAll(moreNames);
    LocalPki pki = new LocalPki(directory, new ArrayList<>(names), clock);
    pki.renew();
    return pki;
  }

  /**
   * Makes anew what is about to expire; to be called now and then, once a day is enough. A server on {@link #tls()} takes
   * over changed files by itself.
   *
   * @return whether anything was; a kubeconfig should be written again then
   */
  public synchronized boolean renew() throws IOException {
    Instant now = clock.instant();
    KeptAuthority authority = KeptAuthority.open(directory, AUTHORITY, now);
    boolean server = authority.ensure(SERVER, new Subject("kube-apiserver", List.of(), names), now);
    boolean admin = authority.ensure(
        ADMIN, new Subject("kubernetes-admin", List.of("system:masters"), List.of()), now);
    return server || admin;
  }

  /** For the server: its certificate, and that clients may show one of this authority. */
  public TlsSettings tls() {
    return TlsSettings.of(file(SERVER, ".pem"), file(SERVER, "-key.pem")).trusting(authorities());
  }

  /** Whom clients are to trust. */
  public Path authorities() {
    return directory.resolve("ca.pem");
  }

  /** What the administrator shows. */
  public Path adminCertificate() {
    return file(ADMIN, ".pem");
  }

  public Path adminKey() {
    return file(ADMIN, "-key.pem");
  }

  private Path file(String name, String ending) {
    return directory.resolve(name + ending);
  }

  /**
   * How the administrator reaches the server.
   *
   * @param server as in {@code https://127.0.0.1:6443}
   */
  public Kubeconfig adminConfig(String server) throws IOException {
    return new Kubeconfig(
        "kvorum",
        server,
        Files.readAllBytes(authorities()),
        "default",
        "kubernetes-admin",
        new Kubeconfig.Credentials.Certificate(
            Files.readAllBytes(adminCertificate()), Files.readAllBytes(adminKey())));
  }
}
