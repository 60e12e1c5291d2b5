package dev.kvorum.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Issues certificates for tests, good and bad ones, and revokes them. */
public final class TestAuthority {
  private static final AtomicLong SERIALS = new AtomicLong(1000);

  /** A certificate and its key. */
  public record Issued(X509Certificate certificate, PrivateKey key) {
    /** Writes both, each at once and whole. */
    public Issued write(Path certificateFile, Path keyFile) {
      writeCertificate(certificateFile);
      replace(keyFile, PemFiles.pem("PRIVATE KEY", key.getEncoded()));
      return this;
    }

    /** Writes the certificate alone. */
    public void writeCertificate(Path file) {
      replace(file, certificatePem());
    }

    /** The certificate as text. */
    public String certificatePem() {
      try {
        return PemFiles.pem("CERTIFICATE", certificate.getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final byte[] name;
  private final KeyPair keys;
  private final Issued self;

  private TestAuthority(byte[] name, KeyPair keys, Issued self) {
    this.name = name;
    this.keys = keys;
    this.self = self;
  }

  /** A new authority of this name; two of one name are still two. */
  public static TestAuthority named(String commonName) {
    KeyPair keys = keys("secp256r1");
    byte[] name = X509Writer.name(commonName);
    X509Certificate certificate =
        sign(writer(name, name, keys).valid(ago(1), ago(-30)).authority(), keys.getPrivate());
    return new TestAuthority(name, keys, new Issued(certificate, keys.getPrivate()));
  }

  /** A certificate for both sides, valid now. */
  public Issued issue(String commonName, String... hosts) {
    return issue(commonName, ago(1), ago(-1), keys("secp256r1"), true, true, hosts);
  }

  /** One with a key on another curve. */
  public Issued issueOnCurve(String curve, String commonName, String... hosts) {
    return issue(commonName, ago(1), ago(-1), keys(curve), true, true, hosts);
  }

  /** One that was valid until yesterday. */
  public Issued issueExpired(String commonName, String... hosts) {
    return issue(commonName, ago(3), ago(1), keys("secp256r1"), true, true, hosts);
  }

  /** One that servers may show and clients may not. */
  public Issued issueForServersOnly(String commonName, String... hosts) {
    return issue(commonName, ago(1), ago(-1), keys("secp256r1"), true, false, hosts);
  }

  private Issued issue(
      String commonName,
      Instant from,
      Instant until,
      KeyPair pair,
      boolean forServers,
      boolean forClients,
      String... hosts) {
    X509Writer writer =
        writer(name, X509Writer.name(commonName), pair).valid(from, until).hosts(List.of(hosts));
    if (forServers) {
      writer.forServers();
    }
    if (forClients) {
      writer.forClients();
    }
    return new Issued(sign(writer, keys.getPrivate()), pair.getPrivate());
  }

  /** Writes the authority's own certificate. */
  public Path write(Path file) {
    self.writeCertificate(file);
    return file;
  }

  /** The authority's own certificate as text. */
  public String pem() {
    return self.certificatePem();
  }

  /** The authority's own certificate. */
  public Issued self() {
    return self;
  }

  /** Writes the list of what is revoked. */
  public Path revoke(Path file, Issued... revoked) {
    replace(file, PemFiles.pem("X509 CRL", revocationList(revoked)));
    return file;
  }

  /** The list of what is revoked, encoded. */
  public byte[] revocationList(Issued... revoked) {
    List<byte[]> entries = new ArrayList<>();
    for (Issued issued : revoked) {
      entries.add(
          Der.sequence(Der.integer(issued.certificate().getSerialNumber()), Der.time(ago(0))));
    }
    List<byte[]> content = new ArrayList<>(List.of(
        Der.integer(1),
        Der.sequence(Der.oid("1.2.840.10045.4.3.2")),
        name,
        Der.time(ago(1)),
        Der.time(ago(-30))));
    if (!entries.isEmpty()) {
      content.add(Der.sequence(entries.toArray(new byte[0][])));
    }
    try {
      return X509Writer.signed(Der.sequence(content.toArray(new byte[0][])), keys.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Writer writer(byte[] issuer, byte[] subject, KeyPair pair) {
    return new X509Writer(issuer, subject, pair.getPublic())
        .serial(BigInteger.valueOf(SERIALS.incrementAndGet()));
  }

  private static X509Certificate sign(X509Writer writer, PrivateKey key) {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(writer.sign(key)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keys(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Instant ago(int days) {
    return Instant.now().minus(Duration.ofDays(days));
  }

  /** Replaces a file's content at once. */
  public static void replace(Path file, String content) {
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(temporary, content);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
