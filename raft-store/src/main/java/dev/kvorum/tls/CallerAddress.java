package dev.kvorum.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;

/**
 * Whether somebody who shows a certificate calls from where the certificate is for. One without hosts and addresses is
 * for anywhere.
 */
public final class CallerAddress {
  private CallerAddress() {}

  /** Whether {@link #check} would have to ask name servers, and so may take long. */
  public static boolean needsNames(X509Certificate certificate, InetAddress caller)
      throws CertificateException {
    HostNames names = HostNames.of(certificate);
    return !names.dnsNames().isEmpty() && !names.addresses().contains(caller.getHostAddress());
  }

  /**
   * Checks it. May ask name servers and wait for them.
   *
   * @throws CertificateException if the caller is somewhere else
   */
  public static void check(X509Certificate certificate, InetAddress caller)
      throws CertificateException {
    HostNames names = HostNames.of(certificate);
    if (names.dnsNames().isEmpty() && names.addresses().isEmpty()) {
      return;
    }
    if (names.addresses().contains(caller.getHostAddress())) {
      return;
    }
    if (!names.dnsNames().isEmpty()) {
      String called = caller.getCanonicalHostName().toLowerCase(Locale.ROOT);
      if (!called.equals(caller.getHostAddress())
          && names.dnsNames().stream()
              .anyMatch(name -> name.startsWith("*.")
                  ? called.endsWith(name.substring(1))
                  : called.equals(name))) {
        return;
      }
      for (String name : names.dnsNames()) {
        if (!name.startsWith("*.") && leadsTo(name, caller)) {
          return;
        }
      }
    }
    throw new CertificateException("tls: \"" + caller.getHostAddress()
        + "\" does not match any of the hosts " + names.dnsNames() + " and addresses "
        + names.addresses() + " of " + certificate.getSubjectX500Principal());
  }

  private static boolean leadsTo(String name, InetAddress caller) {
    try {
      for (InetAddress address : InetAddress.getAllByName(name)) {
        if (address.getHostAddress().equals(caller.getHostAddress())) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
