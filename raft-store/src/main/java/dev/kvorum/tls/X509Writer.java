package dev.kvorum.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes X.509 certificates, signed with ECDSA and SHA-256. */
final class X509Writer {
  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String FOR_SERVERS = "1.3.6.1.5.5.7.3.1";
  private static final String FOR_CLIENTS = "1.3.6.1.5.5.7.3.2";
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;

  private final byte[] issuer;
  private final byte[] subject;
  private final PublicKey subjectKey;
  private final List<byte[]> alternativeNames = new ArrayList<>();
  private final List<byte[]> purposes = new ArrayList<>();
  private BigInteger serial = BigInteger.ONE;
  private Instant from = Instant.EPOCH;
  private Instant until = Instant.EPOCH;
  private boolean authority;

  X509Writer(byte[] issuer, byte[] subject, PublicKey subjectKey) {
    this.issuer = issuer.clone();
    this.subject = subject.clone();
    this.subjectKey = subjectKey;
  }

  /** A name that consists of a common name; empty text for the empty name. */
  static byte[] name(String commonName) {
    return commonName.isEmpty()
        ? Der.sequence()
        : Der.sequence(
            Der.element(Der.SET, Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
  }

  /** A name that consists of organizations and a common name, which is not empty. */
  static byte[] name(String commonName, List<String> organizations) {
    List<byte[]> parts = new ArrayList<>();
    for (String organization : organizations) {
      parts.add(Der.element(Der.SET, Der.sequence(Der.oid(ORGANIZATION), Der.utf8(organization))));
    }
    parts.add(Der.element(Der.SET, Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
    return Der.sequence(parts(parts));
  }

  X509Writer serial(BigInteger value) {
    serial = value;
    return this;
  }

  X509Writer valid(Instant start, Instant end) {
    from = start;
    until = end;
    return this;
  }

  X509Writer hosts(List<String> hosts) {
    for (String host : hosts) {
      if (Addresses.isAddress(host)) {
        try {
          alternativeNames.add(
              Der.element(CONTEXT | 7, InetAddress.getByName(host).getAddress()));
        } catch (UnknownHostException e) {
          throw new IllegalArgumentException(host, e);
        }
      } else {
        alternativeNames.add(Der.element(CONTEXT | 2, host.getBytes(StandardCharsets.US_ASCII)));
      }
    }
    return this;
  }

  X509Writer forServers() {
    purposes.add(Der.oid(FOR_SERVERS));
    return this;
  }

  X509Writer forClients() {
    purposes.add(Der.oid(FOR_CLIENTS));
    return this;
  }

  X509Writer authority() {
    authority = true;
    return this;
  }

  /** The certificate, signed with the issuer's key, on a NIST curve. */
  byte[] sign(PrivateKey issuerKey) throws GeneralSecurityException {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(
        critical(BASIC_CONSTRAINTS, authority ? Der.sequence(Der.yes()) : Der.sequence()));
    // The bits are counted from the left: signatures; for authorities certificates and lists too.
    extensions.add(critical(
        KEY_USAGE,
        authority
            ? Der.element(Der.BIT_STRING, new byte[] {1, (byte) 0b1000_0110})
            : Der.element(Der.BIT_STRING, new byte[] {7, (byte) 0b1000_0000})));
    if (!purposes.isEmpty()) {
      extensions.add(extension(EXTENDED_KEY_USAGE, Der.sequence(parts(purposes))));
    }
    if (!alternativeNames.isEmpty()) {
      byte[] names = Der.sequence(parts(alternativeNames));
      boolean alone = new Der.Reader(subject).content().length == 0;
      extensions.add(
          alone ? critical(ALTERNATIVE_NAMES, names) : extension(ALTERNATIVE_NAMES, names));
    }
    byte[] content = Der.sequence(
        Der.element(CONTEXT | CONSTRUCTED, Der.integer(2)), // version 3
        Der.integer(serial),
        ECDSA_SHA256,
        issuer,
        Der.sequence(Der.time(from), Der.time(until)),
        subject,
        subjectKey.getEncoded(),
        Der.element(CONTEXT | CONSTRUCTED | 3, Der.sequence(parts(extensions))));
    return signed(content, issuerKey);
  }

  /** What certificates and revocation lists have in common: content, algorithm, signature. */
  static byte[] signed(byte[] content, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(content);
    return Der.sequence(content, ECDSA_SHA256, Der.bits(signature.sign()));
  }

  private static byte[] critical(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.yes(), Der.element(Der.OCTET_STRING, value));
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.element(Der.OCTET_STRING, value));
  }

  private static byte[][] parts(List<byte[]> list) {
    return list.toArray(new byte[0][]);
  }
}
