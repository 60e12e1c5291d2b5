package dev.kvorum.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Caller;
import io.grpc.Metadata;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class CallersTest {
  private static final Callers CERTIFICATES_COUNT = new Callers(true);

  @Test
  void theTokenComesBeforeTheOtherHeaderAndBeforeTheCertificate() {
    Metadata both = headers("token", "a", "authorization", "b");
    assertThat(CERTIFICATES_COUNT.of(both, session("CN=alice"))).isEqualTo(new Caller.Token("a"));
    assertThat(CERTIFICATES_COUNT.of(headers("authorization", "Bearer b"), null))
        .isEqualTo(new Caller.Token("b"));
    assertThat(CERTIFICATES_COUNT.of(headers("token", ""), session("CN=alice")))
        .isEqualTo(new Caller.Token(""));
  }

  @Test
  void theCommonNameCountsOnlyWhereCertificatesAreRequired() {
    SSLSession session = session("CN=alice,OU=team,O=org");
    assertThat(CERTIFICATES_COUNT.of(new Metadata(), session))
        .isEqualTo(new Caller.Certificate("alice"));
    assertThat(new Callers(false).of(new Metadata(), session)).isEqualTo(Caller.ANONYMOUS);
    assertThat(CERTIFICATES_COUNT.of(new Metadata(), null)).isEqualTo(Caller.ANONYMOUS);
    assertThat(CERTIFICATES_COUNT.of(new Metadata(), session("O=org"))).isEqualTo(Caller.ANONYMOUS);
    assertThat(CERTIFICATES_COUNT.of(new Metadata(), session(null))).isEqualTo(Caller.ANONYMOUS);
  }

  /** CVE-2018-16886: behind the gateway the certificate is the gateway's. */
  @Test
  void whatComesThroughTheGatewayIsNeverTheCertificatesUser() {
    SSLSession session = session("CN=root");
    Metadata gateway = headers("grpcgateway-accept", "*/*");
    assertThat(CERTIFICATES_COUNT.of(gateway, session)).isEqualTo(Caller.ANONYMOUS);
    gateway.put(key("authorization"), "t");
    assertThat(CERTIFICATES_COUNT.of(gateway, session)).isEqualTo(new Caller.Token("t"));
  }

  @Test
  void aCallerDoesNotPrintItsToken() {
    assertThat(Callers.token("canary-token").toString()).doesNotContain("canary");
  }

  private static Metadata headers(String... pairs) {
    Metadata headers = new Metadata();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.put(key(pairs[i]), pairs[i + 1]);
    }
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** A session whose peer showed a certificate of this subject; null for none. */
  private static SSLSession session(@org.jspecify.annotations.Nullable String subject) {
    Map<String, Object> values = new HashMap<>();
    return (SSLSession) Proxy.newProxyInstance(
        CallersTest.class.getClassLoader(),
        new Class<?>[] {SSLSession.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "getPeerCertificates" -> {
            if (subject == null) {
              throw new SSLPeerUnverifiedException("none");
            }
            yield new Certificate[] {new Shown(subject)};
          }
          case "getValue" -> values.get((String) arguments[0]);
          case "putValue" -> values.put((String) arguments[0], arguments[1]);
          default -> throw new UnsupportedOperationException(method.getName());
        });
  }

  /** A certificate of which only the subject is of interest. */
  private static final class Shown extends X509Certificate {
    private static final long serialVersionUID = 1;

    private final X500Principal subject;

    Shown(String subject) {
      this.subject = new X500Principal(subject);
    }

    @Override
    public X500Principal getSubjectX500Principal() {
      return subject;
    }

    @Override
    public void checkValidity() {}

    @Override
    public void checkValidity(Date date) {}

    @Override
    public int getVersion() {
      return 3;
    }

    @Override
    public BigInteger getSerialNumber() {
      return BigInteger.ONE;
    }

    @Override
    public Principal getIssuerDN() {
      return subject;
    }

    @Override
    public Principal getSubjectDN() {
      return subject;
    }

    @Override
    public Date getNotBefore() {
      return new Date(0);
    }

    @Override
    public Date getNotAfter() {
      return new Date(0);
    }

    @Override
    public byte[] getTBSCertificate() {
      return new byte[0];
    }

    @Override
    public byte[] getSignature() {
      return new byte[0];
    }

    @Override
    public String getSigAlgName() {
      return "none";
    }

    @Override
    public String getSigAlgOID() {
      return "0";
    }

    @Override
    public byte @org.jspecify.annotations.Nullable [] getSigAlgParams() {
      return null;
    }

    @Override
    public boolean @org.jspecify.annotations.Nullable [] getIssuerUniqueID() {
      return null;
    }

    @Override
    public boolean @org.jspecify.annotations.Nullable [] getSubjectUniqueID() {
      return null;
    }

    @Override
    public boolean @org.jspecify.annotations.Nullable [] getKeyUsage() {
      return null;
    }

    @Override
    public int getBasicConstraints() {
      return -1;
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }

    @Override
    public void verify(PublicKey key) {}

    @Override
    public void verify(PublicKey key, String provider) {}

    @Override
    public String toString() {
      return subject.getName();
    }

    @Override
    public PublicKey getPublicKey() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
      return false;
    }

    @Override
    public Set<String> getCriticalExtensionOIDs() {
      return Set.of();
    }

    @Override
    public Set<String> getNonCriticalExtensionOIDs() {
      return Set.of();
    }

    @Override
    public byte @org.jspecify.annotations.Nullable [] getExtensionValue(String oid) {
      return null;
    }
  }
}
