package dev.kvorum.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The host names and addresses that a certificate is for.
 *
 * @param dnsNames lower case, maybe with a wildcard as the first label
 * @param addresses IP addresses as text
 */
record HostNames(List<String> dnsNames, List<String> addresses) {
  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  static HostNames of(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    List<String> dns = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      if (name.get(0).equals(DNS)) {
        dns.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
      } else if (name.get(0).equals(ADDRESS)) {
        addresses.add(Addresses.canonical(String.valueOf(name.get(1))));
      }
    }
    return new HostNames(List.copyOf(dns), List.copyOf(addresses));
  }

  /** Whether the certificate may be used by {@code host}, a name or an address. */
  boolean match(String host) {
    if (Addresses.isAddress(host)) {
      return addresses.contains(Addresses.canonical(host));
    }
    String name = host.toLowerCase(Locale.ROOT);
    return dnsNames.stream().anyMatch(pattern -> matches(pattern, name));
  }

  private static boolean matches(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(pattern.substring(1));
  }
}
