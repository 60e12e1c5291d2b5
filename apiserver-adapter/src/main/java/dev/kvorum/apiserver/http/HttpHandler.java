package dev.kvorum.apiserver.http;

/** What answers requests. */
@FunctionalInterface
public interface HttpHandler {
  /**
   * Answers a request, before it returns or, if it keeps {@code responder}, later.
   *
   * <p>Called on a virtual thread of the request's own, which may block; it is interrupted when the client went away or
   * the deadline of the request passed. A handler that throws before it has answered is answered for with 500, and so is
   * one that returns without an answer and without having kept the responder.
   */
  void handle(HttpRequest request, HttpResponder responder);
}
