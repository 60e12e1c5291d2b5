package dev.kvorum.grpc.tls;

import io.grpc.Attributes;

/** What is known of a connection through TLS, as attributes of gRPC's transport. */
public final class TlsAttributes {
  /**
   * The common name in the certificate that the client has shown. Only there if clients are identified by their
   * certificates, and if it is not empty.
   */
  public static final Attributes.Key<String> CLIENT_COMMON_NAME =
      Attributes.Key.create("kvorum-client-common-name");

  private TlsAttributes() {}
}
