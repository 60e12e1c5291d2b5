package dev.kvorum.grpc.server;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.TimeUnit;

/** The threads that serve connections: one event loop per core. Each loop knows itself, see {@link #current()}. */
public final class EventLoops implements AutoCloseable {
  private static final long STOP_SECONDS = 5;
  private static final FastThreadLocal<EventLoop> CURRENT = new FastThreadLocal<>();

  private final MultiThreadIoEventLoopGroup group;
  private final Class<? extends ServerChannel> serverChannelType;

  private EventLoops(
      MultiThreadIoEventLoopGroup group, Class<? extends ServerChannel> serverChannelType) {
    this.group = group;
    this.serverChannelType = serverChannelType;
    for (EventExecutor loop : group) {
      loop.execute(() -> CURRENT.set((EventLoop) loop));
    }
  }

  /** Starts {@code count} event loops, on epoll where there is epoll. */
  public static EventLoops start(int count) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    var threads = new DefaultThreadFactory("kvorum-io", true);
    return new EventLoops(
        new MultiThreadIoEventLoopGroup(count, threads, io),
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
  }

  /**
   * The event loop whose thread this is.
   *
   * @throws IllegalStateException on any other thread: a call handled there would be answered from two threads
   */
  static EventLoop current() {
    EventLoop loop = CURRENT.getIfExists();
    if (loop == null) {
      throw new IllegalStateException(Thread.currentThread() + " is no event loop of this server");
    }
    return loop;
  }

  /** The group, for bootstrapping. */
  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  /** The kind of listening channel that works with {@link #group()}. */
  public Class<? extends ServerChannel> serverChannelType() {
    return serverChannelType;
  }

  /** Closes what is still open and ends the threads; waits for that. Not to be called on one of them. */
  @Override
  public void close() {
    group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
