package dev.kvorum.apiserver.http;

import java.util.concurrent.Executor;

/**
 * A response without an end of its own. Methods may be called from any thread; what is given to {@link #onReady} and {@link
 * #onClosed} runs on {@link #executor()} and must not block.
 */
public interface HttpStream {
  /** The event loop of the connection. */
  Executor executor();

  /**
   * Whether there is room: less is waiting in this stream, for its client to take it, than the low mark, or has not
   * reached the high mark since. Sending without room is possible up to a bound, at which the stream is closed.
   */
  boolean isReady();

  /**
   * Sends bytes, one message if this is a WebSocket, in the order of the calls. After the end they go nowhere.
   *
   * @param frame not copied, and never changed afterwards: it may be shared between many streams
   */
  void send(byte[] frame);

  /** Sets what runs each time there is room again after there was none. The latest counts. */
  void onReady(Runnable task);

  /**
   * Adds what runs once, when this is over: the client is gone or too slow, the connection or the server is shutting down,
   * or {@link #close()} was called. It runs also if that has happened before.
   */
  void onClosed(Runnable task);

  /** Ends the body cleanly, after what was sent before. Does nothing the second time. */
  void close();
}
