package dev.kvorum.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the certificate that the other side shows: whether a trusted authority vouches for it, whether it is
 * revoked, and whether its name is one of those allowed. Immutable and thread-safe.
 */
public final class CertificateRules extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager chains;
  private final Revocations revoked;
  private final List<String> commonNames;
  private final List<String> hostNames;
  private final boolean anyServer;

  private CertificateRules(
      X509ExtendedTrustManager chains,
      Revocations revoked,
      List<String> commonNames,
      List<String> hostNames,
      boolean anyServer) {
    this.chains = chains;
    this.revoked = revoked;
    this.commonNames = commonNames;
    this.hostNames = hostNames;
    this.anyServer = anyServer;
  }

  /**
   * Makes rules.
   *
   * @param authorities whom to trust; null for those that the JDK trusts
   */
  static CertificateRules of(
      @Nullable List<X509Certificate> authorities, Revocations revoked, TlsSettings settings)
      throws GeneralSecurityException {
    return new CertificateRules(
        trustManager(authorities),
        revoked,
        settings.allowedCommonNames(),
        settings.allowedHostNames(),
        settings.trustAnyServer());
  }

  private static X509ExtendedTrustManager trustManager(@Nullable List<X509Certificate> authorities)
      throws GeneralSecurityException {
    KeyStore store = null;
    if (authorities != null) {
      store = KeyStore.getInstance("PKCS12");
      try {
        store.load(null, null);
      } catch (java.io.IOException e) {
        throw new GeneralSecurityException(e);
      }
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority-" + i, authorities.get(i));
      }
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager usable) {
        return usable;
      }
    }
    throw new GeneralSecurityException("the JDK has no trust manager for certificates");
  }

  /**
   * Decides again about the certificate of a connection that exists. That it has expired meanwhile does not matter.
   *
   * @throws CertificateException if the connection must end
   */
  public void recheckClient(X509Certificate[] chain) throws CertificateException {
    try {
      chains.checkClientTrusted(chain, "UNKNOWN");
    } catch (CertificateException e) {
      if (!isExpiry(e)) {
        throw e;
      }
    }
    checkOwnRules(chain);
  }

  /**
   * The same for a connection that was made from here.
   *
   * @throws CertificateException if the connection must end
   */
  public void recheckServer(X509Certificate[] chain) throws CertificateException {
    if (anyServer) {
      return;
    }
    try {
      chains.checkServerTrusted(chain, "UNKNOWN");
    } catch (CertificateException e) {
      if (!isExpiry(e)) {
        throw e;
      }
    }
    checkOwnRules(chain);
  }

  private static boolean isExpiry(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return true;
      }
    }
    return false;
  }

  private void checkOwnRules(X509Certificate[] chain) throws CertificateException {
    for (X509Certificate certificate : chain) {
      if (revoked.contain(certificate)) {
        throw new CertificateException("certificate serial "
            + certificate.getSerialNumber().toString(16) + " of "
            + certificate.getSubjectX500Principal() + " is revoked");
      }
    }
    if (!commonNames.isEmpty() && !commonNames.contains(commonName(chain[0]))) {
      throw new CertificateException("the common name of " + chain[0].getSubjectX500Principal()
          + " is not one of those allowed: " + String.join(", ", commonNames));
    }
    if (!hostNames.isEmpty()) {
      HostNames names = HostNames.of(chain[0]);
      if (hostNames.stream().noneMatch(names::match)) {
        throw new CertificateException(chain[0].getSubjectX500Principal()
            + " is for none of the hosts allowed: " + String.join(", ", hostNames));
      }
    }
  }

  /** The certificate's common name; empty if it has none. */
  public static String commonName(X509Certificate certificate) {
    try {
      List<Rdn> parts = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
      // Of several, the one that is encoded last.
      for (int i = parts.size() - 1; i >= 0; i--) {
        Attribute name = parts.get(i).toAttributes().get("CN");
        if (name != null) {
          return String.valueOf(name.get());
        }
      }
    } catch (NamingException e) {
      return "";
    }
    return "";
  }

  // ---- as a trust manager ----

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType, engine);
    checkOwnRules(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (anyServer) {
      return;
    }
    chains.checkServerTrusted(chain, authType, engine);
    checkOwnRules(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType);
    checkOwnRules(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (anyServer) {
      return;
    }
    chains.checkServerTrusted(chain, authType);
    checkOwnRules(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType, socket);
    checkOwnRules(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    if (anyServer) {
      return;
    }
    chains.checkServerTrusted(chain, authType, socket);
    checkOwnRules(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains.getAcceptedIssuers();
  }
}
