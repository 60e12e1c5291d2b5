package dev.kvorum.tls;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which certificates are revoked.
 *
 * <p>A list of a trusted authority revokes that authority's certificates. A list of an issuer that is not known revokes
 * every certificate with a listed number: too many rather than too few.
 */
final class Revocations {
  static final Revocations NONE = new Revocations(Map.of(), Set.of());

  private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

  private final Map<X500Principal, Set<BigInteger>> byIssuer;
  private final Set<BigInteger> ofAnyIssuer;

  private Revocations(Map<X500Principal, Set<BigInteger>> byIssuer, Set<BigInteger> ofAnyIssuer) {
    this.byIssuer = byIssuer;
    this.ofAnyIssuer = ofAnyIssuer;
  }

  static Revocations read(Path file, byte[] content, List<X509Certificate> authorities)
      throws TlsException {
    Map<X500Principal, Set<BigInteger>> byIssuer = new HashMap<>();
    Set<BigInteger> ofAnyIssuer = new HashSet<>();
    for (X509CRL list : Pem.revocationLists(file, content)) {
      X500Principal issuer = list.getIssuerX500Principal();
      List<X509Certificate> named = authorities.stream()
          .filter(authority -> authority.getSubjectX500Principal().equals(issuer))
          .toList();
      Set<BigInteger> target = ofAnyIssuer;
      if (named.isEmpty()) {
        LOG.warn(
            "{}: the revocation list's issuer {} is no trusted authority; its numbers count for all",
            file,
            issuer);
      } else if (named.stream().noneMatch(authority -> signed(authority, list))) {
        throw new TlsException(file + " has a revocation list that " + issuer + " has not signed");
      } else {
        target = byIssuer.computeIfAbsent(issuer, key -> new HashSet<>());
      }
      if (list.getNextUpdate() != null
          && list.getNextUpdate().toInstant().isBefore(java.time.Instant.now())) {
        LOG.warn("{}: a newer revocation list was due at {}", file, list.getNextUpdate());
      }
      Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
      for (X509CRLEntry entry : entries == null ? Set.<X509CRLEntry>of() : entries) {
        target.add(entry.getSerialNumber());
      }
    }
    return new Revocations(byIssuer, ofAnyIssuer);
  }

  private static boolean signed(X509Certificate authority, X509CRL list) {
    try {
      list.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  boolean contain(X509Certificate certificate) {
    BigInteger number = certificate.getSerialNumber();
    return ofAnyIssuer.contains(number)
        || byIssuer.getOrDefault(certificate.getIssuerX500Principal(), Set.of()).contains(number);
  }

  int size() {
    List<Set<BigInteger>> all = new ArrayList<>(byIssuer.values());
    all.add(ofAnyIssuer);
    return all.stream().mapToInt(Set::size).sum();
  }
}
