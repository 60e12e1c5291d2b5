package dev.kvorum.grpc.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
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
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            connections.add(channel);
            HttpConnection.install(channel.pipeline(), pages);
          }
        })
        .bind(address)
        .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    return new HttpEndpoint(bound.channel());
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
