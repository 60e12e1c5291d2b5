package dev.kvorum.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authority that keeps its key beside its certificate, so that it can renew what it has issued. Whoever can read its
 * directory can be anybody: it is for servers that would otherwise have no certificates at all. Not thread-safe.
 */
public final class KeptAuthority {
  private static final Logger LOG = LoggerFactory.getLogger(KeptAuthority.class);
  private static final Duration AUTHORITY_VALID = Duration.ofDays(3650);
  private static final Duration VALID = Duration.ofDays(365);
  /** What is valid for less than this is renewed. */
  private static final Duration RENEW_BEFORE = Duration.ofDays(30);

  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /**
   * Whom a certificate is for.
   *
   * @param commonName the user, for Kubernetes
   * @param organizations the groups, for Kubernetes
   * @param hosts names and addresses; empty for one that is shown by clients only
   */
  public record Subject(String commonName, List<String> organizations, List<String> hosts) {
    public Subject {
      organizations = List.copyOf(organizations);
      hosts = List.copyOf(hosts);
    }
  }

  private final Path directory;
  private final TlsIdentity own;

  private KeptAuthority(Path directory, TlsIdentity own) {
    this.directory = directory;
    this.own = own;
  }

  /**
   * Opens the authority that is kept in {@code ca.pem} and {@code ca-key.pem}; makes one if there is none, or if what it
   * would issue now would outlive it.
   *
   * @param directory where all files go; made if it is not there, for its owner's eyes only
   * @param now decides about what has expired
   */
  public static KeptAuthority open(Path directory, String commonName, Instant now)
      throws IOException {
    Path certificate = directory.resolve("ca.pem");
    Path key = directory.resolve("ca-key.pem");
    if (Files.exists(certificate) && Files.exists(key)) {
      TlsIdentity kept = TlsIdentity.read(
          certificate, Files.readAllBytes(certificate), key, Files.readAllBytes(key));
      if (isValid(kept.chain().get(0), now, VALID.plus(RENEW_BEFORE))) {
        return new KeptAuthority(directory, kept);
      }
    }
    try {
      KeyPair keys = LocalAuthority.newKeys();
      byte[] name = X509Writer.name(commonName);
      byte[] encoded = new X509Writer(name, name, keys.getPublic())
          .serial(LocalAuthority.newSerial())
          .valid(now.minus(CLOCK_SKEW), now.plus(AUTHORITY_VALID))
          .authority()
          .sign(keys.getPrivate());
      // A key without its certificate is made anew, a certificate without its key likewise.
      Files.deleteIfExists(certificate);
      PemFiles.write(key, "PRIVATE KEY", keys.getPrivate().getEncoded());
      PemFiles.write(certificate, "CERTIFICATE", encoded);
      LOG.info("made an authority in {}", directory);
      return new KeptAuthority(
          directory,
          TlsIdentity.read(
              certificate, Files.readAllBytes(certificate), key, Files.readAllBytes(key)));
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make an authority", e);
    }
  }

  /** Its certificate: whom to trust. */
  public Path certificate() {
    return directory.resolve("ca.pem");
  }

  /**
   * Writes {@code file.pem} and {@code file-key.pem}, unless they are there, of this authority, for the same subject, and
   * not about to expire.
   *
   * @return whether they were written
   */
  public boolean ensure(String file, Subject subject, Instant now) throws IOException {
    Path certificate = directory.resolve(file + ".pem");
    Path key = directory.resolve(file + "-key.pem");
    try {
      byte[] name = X509Writer.name(subject.commonName(), subject.organizations());
      if (isGood(certificate, key, name, subject.hosts(), now)) {
        return false;
      }
      KeyPair pair = LocalAuthority.newKeys();
      byte[] issuer = own.chain().get(0).getSubjectX500Principal().getEncoded();
      BigInteger serial = LocalAuthority.newSerial();
      X509Writer writer = new X509Writer(issuer, name, pair.getPublic())
          .serial(serial)
          .valid(now.minus(CLOCK_SKEW), now.plus(VALID))
          .hosts(subject.hosts())
          .forClients();
      if (!subject.hosts().isEmpty()) {
        writer.forServers();
      }
      byte[] encoded = writer.sign(own.key());
      PemFiles.write(key, "PRIVATE KEY", pair.getPrivate().getEncoded());
      PemFiles.write(certificate, "CERTIFICATE", encoded);
      LOG.info("made a certificate for {} in {}", subject.commonName(), certificate);
      return true;
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make a certificate for " + subject.commonName(), e);
    }
  }

  private boolean isGood(Path file, Path keyFile, byte[] name, List<String> hosts, Instant now)
      throws IOException {
    if (!Files.exists(file) || !Files.exists(keyFile)) {
      return false;
    }
    try {
      X509Certificate certificate = TlsIdentity.read(
              file, Files.readAllBytes(file), keyFile, Files.readAllBytes(keyFile))
          .chain()
          .get(0);
      certificate.verify(own.chain().get(0).getPublicKey());
      return isValid(certificate, now, RENEW_BEFORE)
          && java.util.Arrays.equals(certificate.getSubjectX500Principal().getEncoded(), name)
          && hostsOf(certificate).equals(normal(hosts));
    } catch (TlsException | GeneralSecurityException e) {
      LOG.info("{} is made anew: {}", file, e.getMessage());
      return false;
    }
  }

  private static boolean isValid(X509Certificate certificate, Instant now, Duration rest) {
    return !certificate.getNotBefore().toInstant().isAfter(now)
        && certificate.getNotAfter().toInstant().isAfter(now.plus(rest));
  }

  private static Set<String> hostsOf(X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    Set<String> hosts = new HashSet<>();
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        hosts.add(String.valueOf(name.get(1)));
      }
    }
    return normal(hosts);
  }

  private static Set<String> normal(Collection<String> hosts) throws IOException {
    Set<String> normal = new HashSet<>();
    for (String host : hosts) {
      normal.add(Addresses.isAddress(host) ? InetAddress.getByName(host).getHostAddress() : host);
    }
    return normal;
  }
}
