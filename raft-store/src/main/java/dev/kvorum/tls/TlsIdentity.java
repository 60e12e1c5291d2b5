package dev.kvorum.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What one side shows of itself.
 *
 * @param key the private key; belongs to the first certificate
 * @param chain the certificate, then those that lead from it towards an authority
 */
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
  public TlsIdentity {
    chain = List.copyOf(chain);
  }

  static TlsIdentity read(Path certificateFile, byte[] certificate, Path keyFile, byte[] key)
      throws TlsException {
    List<X509Certificate> chain = Pem.certificates(certificateFile, certificate);
    X509Certificate own = chain.get(0);
    PrivateKey privateKey = Pem.privateKey(keyFile, key, own.getPublicKey());
    if (!belong(privateKey, own)) {
      throw new TlsException(
          "the key in " + keyFile + " does not belong to the certificate in " + certificateFile);
    }
    return new TlsIdentity(privateKey, chain);
  }

  private static boolean belong(PrivateKey key, X509Certificate certificate) {
    String algorithm = switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
    byte[] text = "kvorum".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(text);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(text);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // not even of the same kind
    }
  }

  /** For a library's builder. */
  public X509Certificate[] chainArray() {
    return chain.toArray(new X509Certificate[0]);
  }
}
