package dev.kvorum.grpc.http;

import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.Map;

/** How a request is answered: at once, or with lines as they come. To be used on {@link #loop()}. */
public interface Response {
  /** The event loop of the connection. */
  EventLoop loop();

  /** Who asked. */
  SocketAddress remoteAddress();

  /** Answers completely. */
  void answer(Answer answer);

  /** Begins a response that consists of lines. */
  void begin(String contentType, Map<String, String> headers);

  /** Sends a line, whose end is added here. Whatever {@link #isWritable()} says, it is taken. */
  void line(byte[] line);

  /** Ends a response that was begun. */
  void end();

  /** Whether what was written before is mostly sent. */
  boolean isWritable();

  /** Asks for more of the body. */
  void wantBody();
}
