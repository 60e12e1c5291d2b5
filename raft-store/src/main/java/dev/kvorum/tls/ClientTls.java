package dev.kvorum.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to connect over TLS: whom it trusts, and what it shows. The files are read once.
 *
 * <p>That the other side's certificate is for the host that was asked for is checked by the JDK, wherever the library
 * that connects says that host.
 */
public final class ClientTls {
  private static final char[] NO_PASSWORD = {};

  private final X509ExtendedTrustManager trust;
  private final @Nullable TlsIdentity identity;

  private ClientTls(X509ExtendedTrustManager trust, @Nullable TlsIdentity identity) {
    this.trust = trust;
    this.identity = identity;
  }

  /**
   * Reads the files.
   *
   * @param authorities whom to trust, PEM; null for those that the JDK trusts
   * @param certificate what to show, PEM; null for nothing
   * @param key its private key; null like {@code certificate}
   * @throws IOException if one cannot be used; the message names it
   */
  public static ClientTls read(
      @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key)
      throws IOException {
    try {
      KeyStore trusted = null;
      if (authorities != null) {
        trusted = emptyStore();
        int number = 0;
        for (X509Certificate each :
            Pem.certificates(authorities, Files.readAllBytes(authorities))) {
          trusted.setCertificateEntry("authority-" + number++, each);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      X509ExtendedTrustManager trust = Arrays.stream(factory.getTrustManagers())
          .filter(X509ExtendedTrustManager.class::isInstance)
          .map(X509ExtendedTrustManager.class::cast)
          .findFirst()
          .orElseThrow();
      return new ClientTls(trust, identity(certificate, key));
    } catch (GeneralSecurityException e) {
      throw new TlsException("the trusted authorities cannot be used", e);
    }
  }

  /** Trusts whoever answers: for trying, and for members that make their certificates themselves. */
  public static ClientTls trustingAnyServer(@Nullable Path certificate, @Nullable Path key)
      throws IOException {
    return new ClientTls(new TrustAnybody(), identity(certificate, key));
  }

  private static @Nullable TlsIdentity identity(@Nullable Path certificate, @Nullable Path key)
      throws IOException {
    return certificate == null || key == null
        ? null
        : TlsIdentity.read(
            certificate, Files.readAllBytes(certificate), key, Files.readAllBytes(key));
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Whom this client trusts. */
  public TrustManager trust() {
    return trust;
  }

  /** What this client shows of itself; null for nothing. */
  public @Nullable TlsIdentity identity() {
    return identity;
  }

  /** The same for the JDK's own clients. */
  public SSLContext context() throws IOException {
    try {
      KeyManager[] keys = {};
      if (identity != null) {
        KeyStore own = emptyStore();
        own.setKeyEntry("own", identity.key(), NO_PASSWORD, identity.chainArray());
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, NO_PASSWORD);
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new TlsException("the certificate to show cannot be used", e);
    }
  }

  private static final class TrustAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
