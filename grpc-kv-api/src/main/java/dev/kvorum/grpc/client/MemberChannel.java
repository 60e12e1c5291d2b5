package dev.kvorum.grpc.client;

import dev.kvorum.tls.ClientTls;
import dev.kvorum.tls.TlsIdentity;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections to members, in plain text or over TLS. */
public final class MemberChannel {
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;

  private MemberChannel() {}

  /**
   * A channel to one of these members, and to the next one when that is lost. Connects when it is used.
   *
   * @param tls null for plain text; else each member must show a certificate that is for the host by which it is named
   *     here
   * @throws IOException if {@code tls} cannot be used
   */
  public static ManagedChannel to(List<InetSocketAddress> members, @Nullable ClientTls tls)
      throws IOException {
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget(MemberAddresses.target(members))
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(Integer.MAX_VALUE);
    return (tls == null ? builder.usePlaintext() : builder.sslContext(context(tls))).build();
  }

  /** The JDK's TLS, which asks the trust manager about the host as well. */
  private static SslContext context(ClientTls tls) throws IOException {
    SslContextBuilder builder = GrpcSslContexts.configure(
            SslContextBuilder.forClient(), SslProvider.JDK)
        .trustManager(tls.trust());
    TlsIdentity identity = tls.identity();
    if (identity != null) {
      builder.keyManager(identity.key(), identity.chainArray());
    }
    return builder.build();
  }
}
