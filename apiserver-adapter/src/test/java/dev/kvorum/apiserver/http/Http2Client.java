package dev.kvorum.apiserver.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/2 that knows the server's version beforehand, and may read one request's answer and not another's. */
final class Http2Client implements AutoCloseable {
  private static final int WINDOW = 128 << 10;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel connection;
  private volatile boolean goodbye;
  private volatile long pong;

  Http2Client(InetSocketAddress address) {
    connection = new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .handler(new ChannelInboundHandlerAdapter() {
          @Override
          public void handlerAdded(ChannelHandlerContext context) {
            var codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings().initialWindowSize(WINDOW))
                .build();
            context.pipeline().addLast(codec);
            context
                .pipeline()
                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
            context.pipeline().addLast(new ChannelInboundHandlerAdapter() {
              @Override
              public void channelActive(ChannelHandlerContext active) throws Exception {
                codec
                    .connection()
                    .local()
                    .flowController()
                    .incrementWindowSize(codec.connection().connectionStream(), 64 << 20);
                active.flush();
                super.channelActive(active);
              }

              @Override
              public void channelRead(ChannelHandlerContext read, Object frame) {
                if (frame instanceof Http2GoAwayFrame) {
                  goodbye = true;
                } else if (frame instanceof Http2PingFrame ping && ping.ack()) {
                  pong = ping.content();
                }
                ReferenceCountUtil.release(frame);
              }
            });
          }
        })
        .connect(address)
        .syncUninterruptibly()
        .channel();
  }

  Asked ask(String method, String path, byte[] body, boolean end) {
    Asked asked = new Asked();
    Channel stream = new Http2StreamChannelBootstrap(connection)
        .handler(asked)
        .open()
        .syncUninterruptibly()
        .getNow();
    asked.stream = stream;
    Http2Headers headers = new DefaultHttp2Headers()
        .method(method)
        .scheme("http")
        .authority("here")
        .path(path);
    boolean bare = body.length == 0 && end;
    var unusedHead = stream.write(new DefaultHttp2HeadersFrame(headers, bare));
    if (!bare) {
      var unusedRest = stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), end));
    }
    stream.flush();
    return asked;
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  boolean saidGoodbye() {
    return goodbye;
  }

  void ping(long content) {
    var unused = connection.writeAndFlush(new DefaultHttp2PingFrame(content));
  }

  long pong() {
    return pong;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** One request. */
  static final class Asked extends ChannelInboundHandlerAdapter {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(); // synchronizes itself
    private volatile @Nullable Channel stream;
    private volatile @Nullable Http2Headers headers;
    private volatile boolean ended;
    private volatile boolean reset;

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2HeadersFrame head) {
        headers = head.headers();
        ended |= head.isEndStream();
      } else if (frame instanceof Http2DataFrame data) {
        byte[] bytes = new byte[data.content().readableBytes()];
        data.content().readBytes(bytes);
        body.writeBytes(bytes);
        ended |= data.isEndStream();
      }
      reset |= frame instanceof Http2ResetFrame;
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      reset |= event instanceof Http2ResetFrame;
      ReferenceCountUtil.release(event);
    }

    private Channel stream() {
      return Objects.requireNonNull(stream);
    }

    int status() {
      Http2Headers now = headers;
      return now == null ? 0 : Integer.parseInt(String.valueOf(now.status()));
    }

    String header(String name) {
      return String.valueOf(Objects.requireNonNull(headers).get(name));
    }

    String body() {
      return body.toString(StandardCharsets.UTF_8);
    }

    int length() {
      return body.size();
    }

    boolean isEnded() {
      return ended;
    }

    boolean isReset() {
      return reset;
    }

    void stopReading() {
      stream().config().setAutoRead(false);
    }

    void readOn() {
      stream().config().setAutoRead(true);
    }

    void giveUp() {
      var unused = stream().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    }
  }
}
