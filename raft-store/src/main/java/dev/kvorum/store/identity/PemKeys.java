package dev.kvorum.store.identity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys of tokens from PEM files, in the forms that OpenSSL writes. Messages never quote a file. */
final class PemKeys {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final byte[] RSA_ID = hex("300d06092a864886f70d0101010500");
  private static final byte[] P256_ID = hex("301306072a8648ce3d020106082a8648ce3d030107");
  private static final byte[] P384_ID = hex("301006072a8648ce3d020106052b81040022");
  private static final byte[] P521_ID = hex("301006072a8648ce3d020106052b81040023");
  private static final byte[] VERSION_0 = {2, 1, 0};

  private PemKeys() {}

  record Pair(PrivateKey privateKey, PublicKey publicKey) {
    @Override
    public String toString() {
      return "Pair[***]";
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(String type, byte[] content) {}

  /** A public key, or that of a certificate. */
  static PublicKey publicKey(byte[] pem, String algorithm) {
    Block block = block(pem, "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE");
    try {
      KeyFactory factory = KeyFactory.getInstance(family(algorithm));
      return switch (block.type) {
        case "CERTIFICATE" ->
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.content))
              .getPublicKey();
        case "RSA PUBLIC KEY" ->
          factory.generatePublic(new X509EncodedKeySpec(sequence(
              RSA_ID, tagged(0x03, concat(new byte[] {0}, block.content)))));
        default -> factory.generatePublic(new X509EncodedKeySpec(block.content));
      };
    } catch (GeneralSecurityException e) {
      throw unusable("pub-key", algorithm, e);
    }
  }

  /** A private key and the public one that follows from it. */
  static Pair privateKey(byte[] pem, String algorithm) {
    Block block = block(pem, "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");
    byte[] encoded = switch (block.type) {
      case "RSA PRIVATE KEY" -> sequence(VERSION_0, RSA_ID, tagged(0x04, block.content));
      case "EC PRIVATE KEY" -> sequence(VERSION_0, curveId(algorithm), tagged(0x04, block.content));
      default -> block.content;
    };
    try {
      PrivateKey key = KeyFactory.getInstance(family(algorithm))
          .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new Pair(key, publicOf(key, algorithm));
    } catch (GeneralSecurityException e) {
      throw unusable("priv-key", algorithm, e);
    }
  }

  private static Block block(byte[] pem, String... types) {
    Matcher blocks = BLOCK.matcher(JwtOptions.ascii(pem));
    while (blocks.find()) {
      if (Arrays.asList(types).contains(blocks.group(1))) {
        try {
          return new Block(blocks.group(1), Base64.getMimeDecoder().decode(blocks.group(2)));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("auth token: a key file is not PEM", e);
        }
      }
    }
    throw new IllegalArgumentException(
        "auth token: a key file holds none of " + Arrays.toString(types));
  }

  private static String family(String algorithm) {
    return switch (algorithm.substring(0, 2)) {
      case "ES" -> "EC";
      case "Ed" -> "Ed25519";
      default -> "RSA";
    };
  }

  private static byte[] curveId(String algorithm) {
    return switch (algorithm) {
      case "ES384" -> P384_ID;
      case "ES512" -> P521_ID;
      default -> P256_ID;
    };
  }

  private static PublicKey publicOf(PrivateKey key, String algorithm)
      throws GeneralSecurityException {
    return switch (key) {
      case RSAPrivateCrtKey rsa ->
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
      case ECPrivateKey ec ->
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(multiply(ec.getParams(), ec.getS()), ec.getParams()));
      case EdECPrivateKey ed -> {
        byte[] seed = ed.getBytes().orElseThrow();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Replay(seed));
        yield generator.generateKeyPair().getPublic();
      }
      default -> throw new GeneralSecurityException("a key for another method than " + algorithm);
    };
  }

  /** The generator times {@code factor}; done once at the start, where its timing tells nobody anything. */
  private static ECPoint multiply(ECParameterSpec curve, BigInteger factor) {
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger a = curve.getCurve().getA();
    ECPoint sum = ECPoint.POINT_INFINITY;
    ECPoint power = curve.getGenerator();
    for (int bit = 0; bit < factor.bitLength(); bit++) {
      if (factor.testBit(bit)) {
        sum = add(sum, power, p, a);
      }
      power = add(power, power, p, a);
    }
    return sum;
  }

  private static ECPoint add(ECPoint left, ECPoint right, BigInteger p, BigInteger a) {
    if (left.equals(ECPoint.POINT_INFINITY)) {
      return right;
    }
    BigInteger x = left.getAffineX();
    BigInteger y = left.getAffineY();
    BigInteger slope;
    if (left.equals(right)) {
      slope = x.pow(2)
          .multiply(BigInteger.valueOf(3))
          .add(a)
          .multiply(y.shiftLeft(1).modInverse(p))
          .mod(p);
    } else {
      slope = right
          .getAffineY()
          .subtract(y)
          .multiply(right.getAffineX().subtract(x).mod(p).modInverse(p))
          .mod(p);
    }
    BigInteger newX = slope.pow(2).subtract(x).subtract(right.getAffineX()).mod(p);
    return new ECPoint(newX, slope.multiply(x.subtract(newX)).subtract(y).mod(p));
  }

  /** Makes a generator come to the key whose seed is known. */
  private static final class Replay extends SecureRandom {
    private static final long serialVersionUID = 1;

    private final byte[] seed;

    Replay(byte[] seed) {
      this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
    }
  }

  private static byte[] sequence(byte[]... parts) {
    return tagged(0x30, concat(parts));
  }

  /** DER: a tag, a length, the content. */
  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >>> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] hex(String digits) {
    return java.util.HexFormat.of().parseHex(digits);
  }

  private static IllegalArgumentException unusable(String option, String algorithm, Exception e) {
    return new IllegalArgumentException(
        "auth token: " + option + " is not a key for " + algorithm + ": " + e.getMessage(), e);
  }
}
