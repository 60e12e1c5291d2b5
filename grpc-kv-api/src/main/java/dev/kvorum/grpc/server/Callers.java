package dev.kvorum.grpc.server;

import dev.kvorum.store.Caller;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a call says of its caller: a token in its metadata, else the common name of the client's certificate.
 *
 * <p>The certificate counts only where clients must show one, and never for what came through the HTTP gateway: there it
 * would be the gateway's own.
 */
public final class Callers {
  private static final Metadata.Key<String> TOKEN = key("token");
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> GATEWAY = key("grpcgateway-accept");
  private static final String BEARER = "Bearer ";

  /** Where a session keeps the name once it was read from the certificate. */
  private static final String COMMON_NAME = "kvorum.commonName";

  private static final Context.Key<Caller> CURRENT =
      Context.keyWithDefault("kvorum-caller", Caller.ANONYMOUS);

  private final boolean clientCertAuth;

  /**
   * @param clientCertAuth whether clients must show a certificate, so that its name says who they are
   */
  public Callers(boolean clientCertAuth) {
    this.clientCertAuth = clientCertAuth;
  }

  /** The caller of the call that is being started or whose listener is being called. */
  static Caller current() {
    return CURRENT.get();
  }

  /** A context in which {@link #current} is {@code caller}. */
  static Context with(Caller caller) {
    return Context.current().withValue(CURRENT, caller);
  }

  /** Who makes {@code call}. */
  Caller of(ServerCall<?, ?> call, Metadata headers) {
    return of(headers, call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
  }

  /** Who makes a call with these headers on a connection with this session; null for one without TLS. */
  Caller of(Metadata headers, @Nullable SSLSession session) {
    String token = headers.get(TOKEN);
    if (token == null) {
      token = headers.get(AUTHORIZATION);
    }
    if (token != null) {
      return token(token);
    }
    if (!clientCertAuth || session == null || headers.containsKey(GATEWAY)) {
      return Caller.ANONYMOUS;
    }
    String name = commonName(session);
    return name.isEmpty() ? Caller.ANONYMOUS : new Caller.Certificate(name);
  }

  /** The caller who sent this as its token, with or without the name of the scheme. */
  public static Caller token(String value) {
    return new Caller.Token(value.startsWith(BEARER) ? value.substring(BEARER.length()) : value);
  }

  private static String commonName(SSLSession session) {
    if (session.getValue(COMMON_NAME) instanceof String known) {
      return known;
    }
    String name = "";
    try {
      Certificate[] chain = session.getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate own) {
        name = commonName(own.getSubjectX500Principal());
      }
    } catch (SSLPeerUnverifiedException e) {
      return ""; // it showed none, which is for the handshake to refuse
    }
    session.putValue(COMMON_NAME, name);
    return name;
  }

  private static String commonName(Principal subject) {
    try {
      for (Rdn part : new LdapName(subject.getName()).getRdns().reversed()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().toString();
        }
      }
    } catch (InvalidNameException e) {
      return ""; // a name that cannot be read is nobody's
    }
    return "";
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
