package dev.kvorum.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate that a member makes for itself: it keeps others from reading along, and proves nothing about who the
 * member is.
 */
public final class SelfSignedCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(SelfSignedCertificate.class);
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private SelfSignedCertificate() {}

  /**
   * Makes {@code cert.pem} and {@code key.pem} in a directory, unless they are there and not yet expired.
   *
   * @param hosts names and addresses that it is for
   * @param years how long it is valid
   */
  public static TlsSettings ensure(Path directory, List<String> hosts, int years)
      throws IOException {
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    if (!isUsable(certificate, key)) {
      Instant now = Instant.now();
      Instant end = now.plus(YEAR.multipliedBy(years));
      try {
        KeyPair pair = LocalAuthority.newKeys();
        byte[] name = X509Writer.name("kvorum");
        byte[] encoded = new X509Writer(name, name, pair.getPublic())
            .serial(LocalAuthority.newSerial())
            .valid(now.minus(CLOCK_SKEW), end)
            .hosts(hosts)
            .forServers()
            .forClients()
            .authority()
            .sign(pair.getPrivate());
        PemFiles.write(key, "PRIVATE KEY", pair.getPrivate().getEncoded());
        PemFiles.write(certificate, "CERTIFICATE", encoded);
      } catch (GeneralSecurityException e) {
        throw new TlsException("cannot make a certificate", e);
      }
      LOG.warn("made a certificate of its own in {}, valid until {}", directory, end);
    }
    return TlsSettings.of(certificate, key);
  }

  private static boolean isUsable(Path certificate, Path key) throws IOException {
    if (!Files.exists(certificate) || !Files.exists(key)) {
      return false;
    }
    X509Certificate existing =
        Pem.certificates(certificate, Files.readAllBytes(certificate)).get(0);
    return existing.getNotAfter().toInstant().isAfter(Instant.now());
  }
}
