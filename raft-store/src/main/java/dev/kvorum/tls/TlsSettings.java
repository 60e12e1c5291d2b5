package dev.kvorum.tls;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one kind of connection is secured: where the files are, and what is demanded of the other side.
 *
 * @param certificate the certificate shown, with the chain behind it
 * @param key its private key
 * @param dialCertificate the certificate shown by who connects; null for the same
 * @param dialKey its private key; null if {@code dialCertificate} is
 * @param authorities whom to trust; null for those that the JDK trusts
 * @param revocations revoked certificates; null for none
 * @param demandCertificate whether who connects must show a certificate
 * @param trustAnyServer whether whoever is connected to is trusted unseen, as with certificates that members make
 *     themselves
 * @param allowedCommonNames if not empty, the names of which the other side must have one
 * @param allowedHostNames if not empty, the hosts of which the other side's certificate must be for one
 * @param least the oldest version of TLS
 * @param most the newest version of TLS
 * @param cipherSuites the suites of TLS 1.2, by their official names; empty for the usual ones
 */
public record TlsSettings(
    Path certificate,
    Path key,
    @Nullable Path dialCertificate,
    @Nullable Path dialKey,
    @Nullable Path authorities,
    @Nullable Path revocations,
    boolean demandCertificate,
    boolean trustAnyServer,
    List<String> allowedCommonNames,
    List<String> allowedHostNames,
    TlsVersion least,
    TlsVersion most,
    List<String> cipherSuites) {

  public TlsSettings {
    allowedCommonNames = List.copyOf(allowedCommonNames);
    allowedHostNames = List.copyOf(allowedHostNames);
    cipherSuites = List.copyOf(cipherSuites);
    if ((dialCertificate == null) != (dialKey == null)) {
      throw new IllegalArgumentException("a certificate without its key, or the reverse");
    }
    if (least.compareTo(most) > 0) {
      throw new IllegalArgumentException(least.flag() + " is newer than " + most.flag());
    }
    if (!allowedCommonNames.isEmpty() && !allowedHostNames.isEmpty()) {
      throw new IllegalArgumentException(
          "allowed common names and allowed hosts exclude each other");
    }
  }

  /** A certificate and nothing demanded of anybody. */
  public static TlsSettings of(Path certificate, Path key) {
    return new TlsSettings(
        certificate,
        key,
        null,
        null,
        null,
        null,
        false,
        false,
        List.of(),
        List.of(),
        TlsVersion.TLS_1_2,
        TlsVersion.TLS_1_3,
        List.of());
  }

  /** The same, trusting these authorities and demanding a certificate of theirs. */
  public TlsSettings demandingCertificatesOf(Path trusted) {
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        trusted,
        revocations,
        true,
        trustAnyServer,
        allowedCommonNames,
        allowedHostNames,
        least,
        most,
        cipherSuites);
  }

  /** The same, trusting these authorities; whoever connects may show a certificate of theirs, and need not. */
  public TlsSettings trusting(Path trusted) {
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        trusted,
        revocations,
        false,
        trustAnyServer,
        allowedCommonNames,
        allowedHostNames,
        least,
        most,
        cipherSuites);
  }

  /** The same with a list of revoked certificates. */
  public TlsSettings withRevocations(Path revoked) {
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        authorities,
        revoked,
        demandCertificate,
        trustAnyServer,
        allowedCommonNames,
        allowedHostNames,
        least,
        most,
        cipherSuites);
  }

  /** The same with other versions and suites of TLS. */
  public TlsSettings offering(TlsVersion from, TlsVersion to, List<String> suites) {
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        authorities,
        revocations,
        demandCertificate,
        trustAnyServer,
        allowedCommonNames,
        allowedHostNames,
        from,
        to,
        suites);
  }

  /** The same, demanding one of these names of the other side. */
  public TlsSettings allowing(List<String> commonNames, List<String> hostNames) {
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        authorities,
        revocations,
        demandCertificate,
        trustAnyServer,
        commonNames,
        hostNames,
        least,
        most,
        cipherSuites);
  }

  /** The same, trusting whoever is connected to. */
  public TlsSettings trustingAnyServer() {
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        authorities,
        revocations,
        demandCertificate,
        true,
        allowedCommonNames,
        allowedHostNames,
        least,
        most,
        cipherSuites);
  }

  /** The versions of TLS to offer, as the JDK names them. */
  public List<String> protocols() {
    List<String> protocols = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      if (version.compareTo(least) >= 0 && version.compareTo(most) <= 0) {
        protocols.add(version.protocol());
      }
    }
    return List.copyOf(protocols);
  }

  /** The suites to offer, by their official names, in the order of preference. */
  public List<String> offeredSuites() {
    List<String> suites = new ArrayList<>();
    if (most == TlsVersion.TLS_1_3) {
      suites.addAll(CipherSuites.OF_TLS_1_3);
    }
    if (least == TlsVersion.TLS_1_2) {
      List<String> chosen = cipherSuites.isEmpty() ? CipherSuites.DEFAULT_OF_TLS_1_2 : cipherSuites;
      chosen.stream().filter(suite -> !suites.contains(suite)).forEach(suites::add);
      suites.removeIf(
          suite -> most == TlsVersion.TLS_1_2 && CipherSuites.OF_TLS_1_3.contains(suite));
    }
    return List.copyOf(suites);
  }

  List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(certificate, key));
    for (Path file : new @Nullable Path[] {dialCertificate, dialKey, authorities, revocations}) {
      if (file != null) {
        files.add(file);
      }
    }
    return files;
  }
}
