package dev.kvorum.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates, keys and revocation lists as the usual tools write them. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String EC = "1.2.840.10045.2.1";

  private Pem() {}

  private record Block(String type, String body) {
    byte[] bytes() {
      return Base64.getMimeDecoder().decode(body);
    }
  }

  private static List<Block> blocks(byte[] content) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  /** All certificates of a file, in its order; at least one. */
  static List<X509Certificate> certificates(Path file, byte[] content) throws TlsException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(content)) {
      if (block.type.equals("CERTIFICATE") || block.type.equals("TRUSTED CERTIFICATE")) {
        try {
          certificates.add((X509Certificate)
              factory().generateCertificate(new ByteArrayInputStream(block.bytes())));
        } catch (CertificateException | IllegalArgumentException e) {
          throw new TlsException(file + " has a certificate that cannot be read", e);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsException(file + " has no certificate in PEM form");
    }
    return certificates;
  }

  /** The revocation lists of a file, in PEM form or one that is not; at least one. */
  static List<X509CRL> revocationLists(Path file, byte[] content) throws TlsException {
    List<byte[]> encoded = new ArrayList<>();
    for (Block block : blocks(content)) {
      if (block.type.equals("X509 CRL")) {
        encoded.add(block.bytes());
      }
    }
    if (encoded.isEmpty()) {
      encoded.add(content);
    }
    List<X509CRL> lists = new ArrayList<>();
    for (byte[] list : encoded) {
      try {
        lists.add((X509CRL) factory().generateCRL(new ByteArrayInputStream(list)));
      } catch (CRLException | CertificateException e) {
        throw new TlsException(file + " has no revocation list that can be read", e);
      }
    }
    return lists;
  }

  /**
   * The first private key of a file.
   *
   * @param owner the public key it belongs to, which completes keys that do not name their curve
   */
  static PrivateKey privateKey(Path file, byte[] content, PublicKey owner) throws TlsException {
    for (Block block : blocks(content)) {
      if (block.type.equals("ENCRYPTED PRIVATE KEY") || block.body.contains("ENCRYPTED")) {
        throw new TlsException(
            file + " is encrypted with a passphrase; a server needs its key in the clear");
      }
      try {
        switch (block.type) {
          case "PRIVATE KEY" -> {
            return fromPkcs8(block.bytes());
          }
          case "RSA PRIVATE KEY" -> {
            return fromPkcs8(wrap(Der.oid(RSA), Der.element(Der.NULL), block.bytes()));
          }
          case "EC PRIVATE KEY" -> {
            byte[] key = block.bytes();
            return fromPkcs8(wrap(Der.oid(EC), curve(key, owner), key));
          }
          default -> {
            // Certificates and curve parameters may stand in the same file.
          }
        }
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw new TlsException(file + " has a private key that cannot be read", e);
      }
    }
    throw new TlsException(file + " has no private key in PEM form");
  }

  private static byte[] wrap(byte[] algorithm, byte[] parameters, byte[] key) {
    return Der.sequence(
        Der.integer(0), Der.sequence(algorithm, parameters), Der.element(Der.OCTET_STRING, key));
  }

  /** The curve's name in a key in its own form, or else in the public key. */
  private static byte[] curve(byte[] key, PublicKey owner) {
    Der.Reader fields = new Der.Reader(new Der.Reader(key).expect(Der.SEQUENCE));
    fields.element(); // version
    fields.element(); // the number itself
    if (fields.hasMore() && fields.tag() == 0xa0) {
      return fields.content();
    }
    Der.Reader info = new Der.Reader(new Der.Reader(owner.getEncoded()).expect(Der.SEQUENCE));
    Der.Reader algorithm = new Der.Reader(info.expect(Der.SEQUENCE));
    algorithm.element();
    return algorithm.element();
  }

  private static PrivateKey fromPkcs8(byte[] encoded) throws GeneralSecurityException {
    Der.Reader info = new Der.Reader(new Der.Reader(encoded).expect(Der.SEQUENCE));
    info.element(); // version
    byte[] algorithm = new Der.Reader(info.expect(Der.SEQUENCE)).element();
    return KeyFactory.getInstance(family(algorithm))
        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static String family(byte[] algorithm) {
    if (java.util.Arrays.equals(algorithm, Der.oid(RSA))) {
      return "RSA";
    }
    if (java.util.Arrays.equals(algorithm, Der.oid(EC))) {
      return "EC";
    }
    if (java.util.Arrays.equals(algorithm, Der.oid("1.2.840.113549.1.1.10"))) {
      return "RSASSA-PSS";
    }
    return "EdDSA";
  }

  private static CertificateFactory factory() throws CertificateException {
    return CertificateFactory.getInstance("X.509");
  }
}
