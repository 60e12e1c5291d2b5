package dev.kvorum.grpc.server;

import dev.kvorum.grpc.tls.TlsAttributes;
import dev.kvorum.store.Caller;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a call says of its caller: a token in its metadata, else the common name of the client's certificate.
 *
 * <p>The certificate counts only where clients are identified by theirs, and never for what came through the HTTP gateway: there it
 * would be the gateway's own.
 */
public final class Callers {
  private static final Metadata.Key<String> TOKEN = key("token");
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> GATEWAY = key("grpcgateway-accept");
  private static final String BEARER = "Bearer ";

  private static final Context.Key<Caller> CURRENT =
      Context.keyWithDefault("kvorum-caller", Caller.ANONYMOUS);

  private Callers() {}

  /** The caller of the call that is being started or whose listener is being called. */
  static Caller current() {
    return CURRENT.get();
  }

  /** A context in which {@link #current} is {@code caller}. */
  static Context with(Caller caller) {
    return Context.current().withValue(CURRENT, caller);
  }

  /** Who makes {@code call}. */
  static Caller of(ServerCall<?, ?> call, Metadata headers) {
    return of(headers, call.getAttributes().get(TlsAttributes.CLIENT_COMMON_NAME));
  }

  /**
   * Who makes a call with these headers.
   *
   * @param commonName of the client's certificate; null if clients are not identified by theirs
   */
  static Caller of(Metadata headers, @Nullable String commonName) {
    String token = headers.get(TOKEN);
    if (token == null) {
      token = headers.get(AUTHORIZATION);
    }
    if (token != null) {
      return token(token);
    }
    return commonName == null || commonName.isEmpty() || headers.containsKey(GATEWAY)
        ? Caller.ANONYMOUS
        : new Caller.Certificate(commonName);
  }

  /** The caller who sent this as its token, with or without the name of the scheme. */
  public static Caller token(String value) {
    return new Caller.Token(value.startsWith(BEARER) ? value.substring(BEARER.length()) : value);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
