package dev.kvorum.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] name = X509Writer.name("kvorum");
        byte[] encoded = new X509Writer(name, name, pair.getPublic())
            .serial(new BigInteger(127, new SecureRandom()).setBit(126))
            .valid(now.minus(CLOCK_SKEW), end)
            .hosts(hosts)
            .forServers()
            .forClients()
            .authority()
            .sign(pair.getPrivate());
        write(key, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        write(certificate, pem("CERTIFICATE", encoded));
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

  static String pem(String type, byte[] encoded) {
    return "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END "
        + type + "-----\n";
  }

  /** Nobody else may read it, not even for a moment. */
  private static void write(Path file, String content) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    boolean posix = Files.getFileStore(existing(directory)).supportsFileAttributeView("posix");
    Files.createDirectories(directory, attributes(posix, "rwx------"));
    Files.deleteIfExists(file);
    try (FileChannel channel = FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        attributes(posix, "rw-------"))) {
      channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
  }

  private static FileAttribute<?>[] attributes(boolean posix, String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static Path existing(Path directory) {
    Path candidate = directory;
    while (!Files.exists(candidate)) {
      Path parent = candidate.getParent();
      if (parent == null) {
        return candidate;
      }
      candidate = parent;
    }
    return candidate;
  }
}
