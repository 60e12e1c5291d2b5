package dev.kvorum.grpc.http;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves gRPC and HTTP/1.1 on one port, as etcd does: the first bytes of a connection say which it is.
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
  private final Pages pages;
  private final ChannelGroup httpConnections;

  /**
   * Sends what is not gRPC to {@code pages}.
   *
   * @param httpConnections gets the connections that gRPC then knows nothing about
   */
  public OnePortNegotiator(Pages pages, ChannelGroup httpConnections) {
    this.pages = pages;
    this.httpConnections = httpConnections;
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
    private @Nullable Object
        negotiation; // the transport's event that starts gRPC's own negotiation
    private @Nullable Future<?> silence;

    Sniffer(GrpcHttp2ConnectionHandler handler) {
      this.handler = handler;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      silence =
          context.executor().schedule(() -> close(context), SILENCE_SECONDS, TimeUnit.SECONDS);
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

    /** Kept until it is known whom it is for; nothing else is fired before the first bytes but its like. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event.getClass().getSimpleName().equals("ProtocolNegotiationEvent")) {
        negotiation = event;
      } else {
        super.userEventTriggered(context, event);
      }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (in.readableBytes() < PREFACE_START.length) {
        return;
      }
      ChannelPipeline pipeline = context.pipeline();
      if (isHttp2(in)) {
        pipeline.addAfter(context.name(), null, grpc.newHandler(handler));
        if (negotiation != null) {
          context.fireUserEventTriggered(negotiation);
        }
      } else {
        handler.notifyUnused();
        httpConnections.add(context.channel());
        HttpConnection.install(pipeline, context.name(), pages);
      }
      pipeline.remove(this); // hands the bytes so far to what was added
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
