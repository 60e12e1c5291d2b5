package dev.kvorum.grpc.http;

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
   * @throws IOException if that is not possible
   */
  public static HttpEndpoint listen(
      InetSocketAddress address,
      Pages pages,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      ChannelGroup connections)
      throws IOException {
    var bound = new ServerBootstrap()
        .group(loops)
        .channel(channelType)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childHandler(new Connect(pages, connections))
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

    Connect(Pages pages, ChannelGroup connections) {
      this.pages = pages;
      this.connections = connections;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      connections.add(context.channel());
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
