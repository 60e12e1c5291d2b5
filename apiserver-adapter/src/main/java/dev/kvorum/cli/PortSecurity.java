package dev.kvorum.cli;

import dev.kvorum.tls.CipherSuites;
import dev.kvorum.tls.SelfSignedCertificate;
import dev.kvorum.tls.TlsSettings;
import dev.kvorum.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the flags say about TLS on one kind of port, checked.
 *
 * @param certificate the certificate to show; null if there is none or it is to be made
 * @param key its key; null like the certificate
 * @param dialCertificate what to show when connecting; null for the same
 * @param dialKey its key; null like that certificate
 * @param authorities whom to trust; null for nobody
 * @param revocations revoked certificates; null for none
 * @param certAuth whether callers are identified by their certificates
 * @param selfMadeYears for how long to make a certificate that is not given; 0 to make none
 * @param allowedCommonNames if not empty, the names of which the other side must have one
 * @param allowedHostNames if not empty, the hosts of which the other side's certificate must be for one
 * @param skipAddressCheck whether a caller's address may be none of those in its certificate
 * @param least the oldest version of TLS
 * @param most the newest version of TLS
 * @param suites the cipher suites; empty for the usual ones
 */
record PortSecurity(
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path dialCertificate,
    @Nullable Path dialKey,
    @Nullable Path authorities,
    @Nullable Path revocations,
    boolean certAuth,
    int selfMadeYears,
    List<String> allowedCommonNames,
    List<String> allowedHostNames,
    boolean skipAddressCheck,
    TlsVersion least,
    TlsVersion most,
    List<String> suites) {

  /** Reads the flags about the port for clients. */
  static PortSecurity ofClients(FlagValues flags) {
    return of(
        flags,
        "",
        "client-crl-file",
        List.of(),
        flags.list("client-cert-allowed-hostname"),
        "client-cert-allowed-hostname",
        false);
  }

  /** Reads the flags about the port for other members. */
  static PortSecurity ofPeers(FlagValues flags) {
    List<String> commonNames = flags.list("peer-cert-allowed-cn");
    List<String> hostNames = flags.list("peer-cert-allowed-hostname");
    if (!commonNames.isEmpty() && !hostNames.isEmpty()) {
      throw new UsageException(
          "--peer-cert-allowed-cn and --peer-cert-allowed-hostname exclude each other");
    }
    return of(
        flags,
        "peer-",
        "peer-crl-file",
        commonNames,
        hostNames,
        commonNames.isEmpty() ? "peer-cert-allowed-hostname" : "peer-cert-allowed-cn",
        flags.bool("peer-skip-client-san-verification"));
  }

  private static PortSecurity of(
      FlagValues flags,
      String prefix,
      String crlFlag,
      List<String> commonNames,
      List<String> hostNames,
      String namesFlag,
      boolean skipAddressCheck) {
    Path certificate = file(flags, prefix + "cert-file");
    Path key = file(flags, prefix + "key-file");
    Path dialCertificate = file(flags, prefix + "client-cert-file");
    Path dialKey = file(flags, prefix + "client-key-file");
    Path authorities = file(flags, prefix + "trusted-ca-file");
    Path revocations = file(flags, crlFlag);
    boolean certAuth = flags.bool(prefix + "client-cert-auth");
    boolean auto = flags.bool(prefix + "auto-tls");
    together(prefix + "cert-file", certificate, prefix + "key-file", key);
    together(prefix + "client-cert-file", dialCertificate, prefix + "client-key-file", dialKey);
    if (auto && certificate != null) {
      flags.warn("--" + prefix + "auto-tls is ignored because --" + prefix + "cert-file is set");
      auto = false;
    }
    if (auto) {
      Stream.of(prefix + "client-cert-auth", prefix + "trusted-ca-file", crlFlag, namesFlag)
          .filter(flag -> flags.isSet(flag)
              && !flags.text(flag).isEmpty()
              && !flags.text(flag).equals("false"))
          .findFirst()
          .ifPresent(flag -> {
            throw new UsageException("--" + flag + " cannot be had with --" + prefix
                + "auto-tls: nobody vouches for certificates that members make themselves");
          });
    }
    if (certAuth && authorities == null) {
      throw new UsageException("--" + prefix + "client-cert-auth needs --" + prefix
          + "trusted-ca-file: the authorities whose certificates are accepted");
    }
    if (revocations != null && authorities == null) {
      throw new UsageException("--" + crlFlag + " needs --" + prefix
          + "trusted-ca-file: without it nobody is asked for a certificate");
    }
    if (!(commonNames.isEmpty() && hostNames.isEmpty()) && authorities == null) {
      throw new UsageException("--" + namesFlag + " needs --" + prefix
          + "trusted-ca-file: without it nobody is asked for a certificate");
    }
    TlsVersion least = version(flags, "tls-min-version", TlsVersion.TLS_1_2);
    TlsVersion most = version(flags, "tls-max-version", TlsVersion.TLS_1_3);
    if (least.compareTo(most) > 0) {
      throw new UsageException(
          "min version (" + least.flag() + ") is greater than max version (" + most.flag() + ")");
    }
    List<String> suites = flags.list("cipher-suites");
    if (least == TlsVersion.TLS_1_3 && !suites.isEmpty()) {
      throw new UsageException("cipher suites cannot be configured when only TLS1.3 is enabled");
    }
    return new PortSecurity(
        certificate,
        key,
        dialCertificate,
        dialKey,
        authorities,
        revocations,
        certAuth,
        auto ? (int) flags.integer("self-signed-cert-validity", 1, 100) : 0,
        commonNames,
        hostNames,
        skipAddressCheck,
        least,
        most,
        suites(suites));
  }

  private static @Nullable Path file(FlagValues flags, String flag) {
    String file = flags.text(flag);
    return file.isEmpty() ? null : Path.of(file).toAbsolutePath().normalize();
  }

  private static void together(
      String oneFlag, @Nullable Path one, String otherFlag, @Nullable Path other) {
    if ((one == null) != (other == null)) {
      throw new UsageException("--" + oneFlag + " and --" + otherFlag + " must be set together");
    }
  }

  private static TlsVersion version(FlagValues flags, String flag, TlsVersion otherwise) {
    String text = flags.text(flag);
    if (text.isEmpty()) {
      return otherwise;
    }
    return Stream.of(TlsVersion.values())
        .filter(version -> version.flag().equals(text))
        .findFirst()
        .orElseThrow(() -> new UsageException("--" + flag + ": unexpected TLS version \"" + text
            + "\" (must be one of: TLS1.2, TLS1.3)"));
  }

  private static List<String> suites(List<String> names) {
    try {
      return CipherSuites.parse(names);
    } catch (IllegalArgumentException refusal) {
      throw new UsageException("--cipher-suites: " + refusal.getMessage());
    }
  }

  /** Whether connections can be secured at all. */
  boolean isAvailable() {
    return certificate != null || selfMadeYears > 0;
  }

  /**
   * What a listener needs; makes a certificate where one is to be made.
   *
   * @param selfMade where it is kept
   * @param hosts names and addresses that it is for
   */
  TlsSettings settings(Path selfMade, List<String> hosts) throws IOException {
    if (certificate == null || key == null) {
      return SelfSignedCertificate.ensure(selfMade, hosts, selfMadeYears)
          .trustingAnyServer()
          .offering(least, most, suites);
    }
    return new TlsSettings(
        certificate,
        key,
        dialCertificate,
        dialKey,
        authorities,
        revocations,
        certAuth || authorities != null,
        false,
        allowedCommonNames,
        allowedHostNames,
        least,
        most,
        suites);
  }
}
