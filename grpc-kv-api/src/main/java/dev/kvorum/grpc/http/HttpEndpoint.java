package dev.kvorum.grpc.http;

import dev.kvorum.grpc.tls.ServerTls;
import dev.kvorum.grpc.tls.TlsEstablished;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A port that serves HTTP/1.1 only. */
public final class HttpEndpoint implements AutoCloseable {
  private final Channel listening;

  private HttpEndpoint(Channel listening) {
    this.listening = listening;
  }

  /**
   * Listens on {@code address}.
   *
   * @param connections gets the connections that are made
   * @param tls what secures them; null if nothing does
   * @throws IOException if that is not possible
   */
  public static HttpEndpoint listen(
      InetSocketAddress address,
      Pages pages,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      ChannelGroup connections,
      @Nullable ServerTls tls)
      throws IOException {
    var bound = new ServerBootstrap()
        .group(loops)
        .channel(channelType)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childHandler(new Connect(pages, connections, tls))
        .bind(address)
        .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    return new HttpEndpoint(bound.channel());
  }

  @ChannelHandler.Sharable
  private static final class Connect extends ChannelInboundHandlerAdapter {
    private final Pages pages;
    private final ChannelGroup connections;
    private final @Nullable ServerTls tls;

    Connect(Pages pages, ChannelGroup connections, @Nullable ServerTls tls) {
      this.pages = pages;
      this.connections = connections;
      this.tls = tls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      connections.add(context.channel());
      if (tls == null) {
        serve(context);
      } else {
        tls.install(context.pipeline(), context.name());
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof TlsEstablished) {
        serve(context);
      } else {
        super.userEventTriggered(context, event);
      }
    }

    private void serve(ChannelHandlerContext context) {
      HttpConnection.install(context.pipeline(), context.name(), pages);
      context.pipeline().remove(this);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
  }
}
