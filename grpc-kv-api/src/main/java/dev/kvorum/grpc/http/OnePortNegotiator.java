package dev.kvorum.grpc.http;

import dev.kvorum.grpc.tls.ServerTls;
import dev.kvorum.grpc.tls.TlsEstablished;
import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves gRPC and HTTP/1.1 on one port, as etcd does. With TLS a client may say that it speaks HTTP/2 only; otherwise the
 * first bytes of a connection say which it is, also when the two sides have agreed on something else.
 *
 * <p>gRPC for Java keeps this extension point to itself, but without it one port cannot do both. The tests of the served
 * port show that it still works as it is used here.
 */
public final class OnePortNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  /** How an HTTP/2 connection begins; no HTTP/1.1 method does. */
  private static final byte[] PREFACE_START = {'P', 'R', 'I'};

  /** A connection that says nothing for this long is closed. */
  private static final long SILENCE_SECONDS = 60;

  private final InternalProtocolNegotiator.ProtocolNegotiator grpc =
      InternalProtocolNegotiators.serverPlaintext();
  private final @Nullable Pages pages;
  private final ChannelGroup httpConnections;
  private final Function<Channel, @Nullable ServerTls> tls;

  /**
   * Sends what is not gRPC to {@code pages}.
   *
   * @param pages null to serve gRPC alone; then every other connection is closed
   * @param httpConnections gets the connections that gRPC then knows nothing about
   * @param tls what secures a connection; null for those that are not
   */
  public OnePortNegotiator(
      @Nullable Pages pages,
      ChannelGroup httpConnections,
      Function<Channel, @Nullable ServerTls> tls) {
    this.pages = pages;
    this.httpConnections = httpConnections;
    this.tls = tls;
  }

  @Override
  public AsciiString scheme() {
    return grpc.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new Sniffer(handler);
  }

  @Override
  public void close() {
    grpc.close();
  }

  private final class Sniffer extends ByteToMessageDecoder {
    private final GrpcHttp2ConnectionHandler handler;
    /** The transport's event that starts gRPC's own negotiation; kept until it is known whom it is for. */
    private @Nullable ProtocolNegotiationEvent negotiation;

    private @Nullable Attributes ofTls;
    private @Nullable Future<?> silence;

    Sniffer(GrpcHttp2ConnectionHandler handler) {
      this.handler = handler;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      silence =
          context.executor().schedule(() -> close(context), SILENCE_SECONDS, TimeUnit.SECONDS);
      ServerTls security = tls.apply(context.channel());
      if (security != null) {
        security.install(context.pipeline(), context.name());
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
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof ProtocolNegotiationEvent start) {
        negotiation = start;
      } else if (event instanceof TlsEstablished established) {
        ofTls = established.attributes();
        if (TlsEstablished.HTTP_2.equals(established.protocol())) {
          serveGrpc(context);
        }
      } else {
        super.userEventTriggered(context, event);
      }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (in.readableBytes() < PREFACE_START.length) {
        return;
      }
      if (isHttp2(in)) {
        serveGrpc(context);
      } else {
        serveHttp(context);
      }
    }

    private void serveGrpc(ChannelHandlerContext context) {
      context.pipeline().addAfter(context.name(), null, grpc.newHandler(handler));
      if (negotiation != null) {
        context.fireUserEventTriggered(withTls(negotiation));
      }
      context.pipeline().remove(this); // hands the bytes so far to what was added
    }

    private void serveHttp(ChannelHandlerContext context) {
      handler.notifyUnused();
      if (pages == null) {
        close(context);
        return;
      }
      httpConnections.add(context.channel());
      HttpConnection.install(context.pipeline(), context.name(), pages);
      context.pipeline().remove(this);
    }

    private ProtocolNegotiationEvent withTls(ProtocolNegotiationEvent event) {
      return ofTls == null
          ? event
          : InternalProtocolNegotiationEvent.withAttributes(
              event,
              InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
                  .setAll(ofTls)
                  .build());
    }

    private static boolean isHttp2(ByteBuf in) {
      for (int i = 0; i < PREFACE_START.length; i++) {
        if (in.getByte(in.readerIndex() + i) != PREFACE_START[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
