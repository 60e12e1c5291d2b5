package dev.kvorum.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning of a connection: TLS, if there is any, and which HTTP it is. A client that has agreed upon HTTP/2 in TLS
 * speaks that; of others the first bytes tell.
 */
final class Negotiation extends ByteToMessageDecoder {
  /** How an HTTP/2 connection begins; no HTTP/1.1 method does. */
  private static final byte[] PREFACE_START = {'P', 'R', 'I', ' '};

  private static final Logger log = LoggerFactory.getLogger(Negotiation.class);

  private final Shared shared;
  private final @Nullable TlsPort tls;
  private TlsPort.@Nullable Handshake handshake;
  private List<X509Certificate> certificates = List.of();
  private @Nullable Future<?> silence;

  Negotiation(Shared shared, @Nullable TlsPort tls) {
    this.shared = shared;
    this.tls = tls;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Channel channel = context.channel();
    shared.connected(channel);
    silence = context
        .executor()
        .schedule(() -> close(context), shared.limits.receive().toMillis(), TimeUnit.MILLISECONDS);
    if (tls != null) {
      handshake = tls.begin(channel, shared.limits.handshake());
      context.pipeline().addBefore(context.name(), null, handshake.handler());
    }
  }

  private static void close(ChannelHandlerContext context) {
    var unused = context.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (silence != null) {
      silence.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (silence != null) {
      silence.cancel(false);
    }
    super.channelInactive(context);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (!(event instanceof SslHandshakeCompletionEvent completion)
        || tls == null
        || handshake == null) {
      super.userEventTriggered(context, event);
      return;
    }
    if (!completion.isSuccess()) {
      tls.rejected(context.channel(), completion.cause());
      close(context);
      return;
    }
    try {
      certificates = handshake.accept(context.channel());
    } catch (CertificateException e) {
      tls.rejected(context.channel(), e);
      close(context);
      return;
    }
    if (ApplicationProtocolNames.HTTP_2.equals(handshake.handler().applicationProtocol())) {
      serve(context, true);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int compared = Math.min(in.readableBytes(), PREFACE_START.length);
    for (int i = 0; i < compared; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE_START[i]) {
        serve(context, false);
        return;
      }
    }
    if (compared == PREFACE_START.length) {
      serve(context, true);
    }
  }

  private void serve(ChannelHandlerContext context, boolean http2) {
    Peer peer = new Peer(tls != null, certificates, context.channel().remoteAddress());
    if (http2) {
      Http2Connection.install(context.pipeline(), context.name(), shared, peer);
    } else {
      Http1Connection.install(context.pipeline(), context.name(), shared, peer);
    }
    context.pipeline().remove(this); // hands the bytes so far to what was added
  }

  /** A failed handshake was logged as such; whatever comes after it says nothing new. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("a connection failed as it began", cause);
    close(context);
  }
}
