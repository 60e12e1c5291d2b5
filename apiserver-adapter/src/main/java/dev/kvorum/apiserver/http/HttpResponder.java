package dev.kvorum.apiserver.http;

/**
 * Where the answer to one request goes: exactly one of the two, once; an {@link IllegalStateException} otherwise. An answer
 * that comes after the deadline, or to a client that is gone, goes nowhere without a word. Thread-safe.
 */
public interface HttpResponder {
  /** Answers with a whole body. */
  void send(HttpResponse response);

  /**
   * Answers with a body that has no end of its own; the head is sent at once. If the client is gone already, the stream is
   * closed from the start: {@link HttpStream#onClosed} runs.
   *
   * @param headers for a WebSocket, those of its own are added; {@code status} is 101 then, whatever is given
   */
  HttpStream open(int status, HttpFields headers);
}
