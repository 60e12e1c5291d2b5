package dev.kvorum.store.raft;

import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcHttp2ConnectionHandler;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiationEvent;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiator;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiators;
import org.apache.ratis.thirdparty.io.grpc.netty.ProtocolNegotiationEvent;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslHandler;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.apache.ratis.thirdparty.io.netty.util.AsciiString;
import org.apache.ratis.thirdparty.io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Lets members in over TLS, and nobody else; gRPC's own negotiation follows. */
final class PeerTlsNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  /** Who has not finished the handshake by then is disconnected. */
  private static final long HANDSHAKE_SECONDS = 10;

  private final InternalProtocolNegotiator.ProtocolNegotiator grpc =
      InternalProtocolNegotiators.serverPlaintext();
  private final PeerTls tls;

  PeerTlsNegotiator(PeerTls tls) {
    this.tls = tls;
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of("https");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new Handshake(handler, tls.current());
  }

  @Override
  public void close() {
    grpc.close();
  }

  private final class Handshake extends ChannelInboundHandlerAdapter {
    private final GrpcHttp2ConnectionHandler next;
    private final PeerTls.Contexts contexts;
    private final Queue<Object> early = new ArrayDeque<>(); // what came while names were looked up
    private @Nullable ProtocolNegotiationEvent negotiation;
    private @Nullable SslHandler handler;

    Handshake(GrpcHttp2ConnectionHandler next, PeerTls.Contexts contexts) {
      this.next = next;
      this.contexts = contexts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      handler = contexts.server.newHandler(context.alloc());
      handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
      context.pipeline().addBefore(context.name(), null, handler);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof ProtocolNegotiationEvent start) {
        negotiation = start;
      } else if (event instanceof SslHandshakeCompletionEvent completion) {
        if (completion.isSuccess()) {
          secured(context);
        } else {
          refuse(context, completion.cause());
        }
      } else {
        super.userEventTriggered(context, event);
      }
    }

    private void secured(ChannelHandlerContext context) {
      SslHandler secure = handler;
      if (secure == null) {
        return;
      }
      X509Certificate[] chain = PeerTls.chain(secure.engine().getSession());
      if (chain.length > 0) {
        tls.connected(context.channel(), chain);
        // The files may have changed during the handshake, before anybody knew of this connection.
        PeerTls.Contexts now = tls.current();
        if (now != contexts) {
          try {
            now.material.rules().recheckClient(chain);
          } catch (CertificateException e) {
            refuse(context, e);
            return;
          }
        }
      }
      context.channel().config().setAutoRead(false);
      InetSocketAddress caller = (InetSocketAddress) context.channel().remoteAddress();
      Futures.onDone(tls.checkAddress(chain, caller), (ok, failure) -> {
        if (context.executor().inEventLoop()) {
          proceed(context, secure, failure);
        } else {
          context.executor().execute(() -> proceed(context, secure, failure));
        }
      });
    }

    private void proceed(
        ChannelHandlerContext context, SslHandler secure, @Nullable Throwable failure) {
      if (failure != null) {
        refuse(context, failure);
        return;
      }
      if (context.isRemoved()) {
        return;
      }
      context.pipeline().addAfter(context.name(), null, grpc.newHandler(next));
      if (negotiation != null) {
        Attributes attributes =
            InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
                .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, secure.engine().getSession())
                .build();
        context.fireUserEventTriggered(
            InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
      }
      for (Object message = early.poll(); message != null; message = early.poll()) {
        context.fireChannelRead(message);
      }
      context.channel().config().setAutoRead(true);
      context.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext context, Throwable why) {
      tls.log().rejected(context.channel().remoteAddress(), why);
      var unused = context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      early.add(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      early.forEach(ReferenceCountUtil::release);
      early.clear();
    }

    /** The failure was logged with the handshake; whatever comes after it says nothing new. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }
}
