package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.http.HttpRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Believes the certificate that a client has shown in TLS, where it was checked: the common name is the user, the
 * organizations are the groups.
 */
public final class ClientCertificates implements Authenticator {
  private static final String CREDENTIAL = "authentication.kubernetes.io/credential-id";

  @Override
  public Authentication authenticate(HttpRequest request) {
    List<X509Certificate> chain = request.clientCertificates();
    if (chain.isEmpty()) {
      return new Authentication.Unsaid();
    }
    try {
      X509Certificate own = chain.get(0);
      String name = "";
      List<String> groups = new ArrayList<>();
      // in the order in which they are encoded, which is the other way round in this notation
      for (Rdn part : new LdapName(own.getSubjectX500Principal().getName()).getRdns()) {
        Attribute commonName = part.toAttributes().get("CN");
        if (commonName != null) {
          name = String.valueOf(commonName.get());
        }
        Attribute organization = part.toAttributes().get("O");
        if (organization != null) {
          groups.add(String.valueOf(organization.get()));
        }
      }
      return name.isEmpty()
          ? new Authentication.Unsaid()
          : new Authentication.Known(
              new User(name, "", groups, Map.of(CREDENTIAL, List.of(fingerprint(own)))));
    } catch (NamingException | CertificateEncodingException e) {
      return new Authentication.Refused("the certificate cannot be read: " + e.getMessage());
    }
  }

  private static String fingerprint(X509Certificate certificate)
      throws CertificateEncodingException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return "X509SHA256=" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
