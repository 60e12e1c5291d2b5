package dev.kvorum.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An authority for one cluster on this machine. Its key is in memory only: once everybody has a certificate and this is
 * forgotten, nobody can issue another one.
 */
public final class LocalAuthority {
  private static final Duration VALID = Duration.ofDays(3650);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private final byte[] name;
  private final KeyPair keys;
  private final Path directory;

  private LocalAuthority(byte[] name, KeyPair keys, Path directory) {
    this.name = name;
    this.keys = keys;
    this.directory = directory;
  }

  /**
   * Makes an authority and writes its certificate, whom to trust, to {@code ca.pem}.
   *
   * @param directory where all files go; made if it is not there, for its owner's eyes only
   */
  public static LocalAuthority create(Path directory, String commonName) throws IOException {
    try {
      LocalAuthority made = new LocalAuthority(X509Writer.name(commonName), newKeys(), directory);
      PemFiles.write(
          directory.resolve("ca.pem"),
          "CERTIFICATE",
          made.writer(made.name, made.keys).authority().sign(made.keys.getPrivate()));
      return made;
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make an authority", e);
    }
  }

  /**
   * Writes {@code file.pem} and {@code file-key.pem}, good for servers and clients.
   *
   * @param hosts names and addresses that it is for; empty for one that is shown by clients only
   */
  public void issue(String file, String commonName, List<String> hosts) throws IOException {
    try {
      KeyPair pair = newKeys();
      X509Writer writer = writer(X509Writer.name(commonName), pair).hosts(hosts).forClients();
      if (!hosts.isEmpty()) {
        writer.forServers();
      }
      PemFiles.write(
          directory.resolve(file + "-key.pem"), "PRIVATE KEY", pair.getPrivate().getEncoded());
      PemFiles.write(
          directory.resolve(file + ".pem"), "CERTIFICATE", writer.sign(keys.getPrivate()));
    } catch (GeneralSecurityException e) {
      throw new TlsException("cannot make a certificate for " + commonName, e);
    }
  }

  private X509Writer writer(byte[] subject, KeyPair pair) {
    Instant now = Instant.now();
    return new X509Writer(name, subject, pair.getPublic())
        .serial(newSerial())
        .valid(now.minus(CLOCK_SKEW), now.plus(VALID));
  }

  static BigInteger newSerial() {
    return new BigInteger(127, new SecureRandom()).setBit(126);
  }

  static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
