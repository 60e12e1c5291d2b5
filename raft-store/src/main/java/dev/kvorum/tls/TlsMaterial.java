package dev.kvorum.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the files held when they were last read and made sense together.
 *
 * @param settings what they were read for
 * @param identity what to show to who connects
 * @param dialIdentity what to show when connecting
 * @param rules what is demanded of the other side's certificate
 */
public record TlsMaterial(
    TlsSettings settings, TlsIdentity identity, TlsIdentity dialIdentity, CertificateRules rules) {

  /** Puts together what was read; every file of the settings must be in {@code contents}. */
  static TlsMaterial of(TlsSettings settings, Map<Path, byte[]> contents) throws IOException {
    TlsIdentity identity = identity(settings.certificate(), settings.key(), contents);
    Path dialCertificate = settings.dialCertificate();
    Path dialKey = settings.dialKey();
    TlsIdentity dialIdentity = dialCertificate == null || dialKey == null
        ? identity
        : identity(dialCertificate, dialKey, contents);
    List<X509Certificate> authorities = null;
    if (settings.authorities() != null) {
      authorities =
          Pem.certificates(settings.authorities(), content(settings.authorities(), contents));
    }
    Revocations revoked = settings.revocations() == null
        ? Revocations.NONE
        : Revocations.read(
            settings.revocations(),
            content(settings.revocations(), contents),
            authorities == null ? List.of() : authorities);
    try {
      return new TlsMaterial(
          settings, identity, dialIdentity, CertificateRules.of(authorities, revoked, settings));
    } catch (GeneralSecurityException e) {
      throw new TlsException("the trusted authorities cannot be used", e);
    }
  }

  private static TlsIdentity identity(Path certificate, Path key, Map<Path, byte[]> contents)
      throws TlsException {
    return TlsIdentity.read(
        certificate, content(certificate, contents), key, content(key, contents));
  }

  private static byte[] content(Path file, Map<Path, byte[]> contents) throws TlsException {
    byte @Nullable [] content = contents.get(file);
    if (content == null) {
      throw new TlsException(file + " was not read");
    }
    return content;
  }
}
