package dev.kvorum.apiserver.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

/**
 * The way back of one request: what differs between HTTP/1.1, HTTP/2 and WebSocket. Used on {@link #loop()} only, in the
 * order {@link #head}, {@link #data}, {@link #end}; each future is done when the bytes have left.
 */
interface Outlet {
  EventLoop loop();

  /**
   * Writes status and headers.
   *
   * @param length of the body that follows; negative if that is not known
   */
  Future<?> head(int status, HttpFields headers, long length);

  /** Writes a part of the body, or a message. */
  Future<?> data(byte[] bytes, int from, int to);

  /** Ends the body, cleanly. */
  Future<?> end();

  void flush();

  /** Ends it at once, so that the client sees that something is missing. */
  void abort();

  /** The answer is over and has left, or will never: the next one may come. */
  void done();
}
