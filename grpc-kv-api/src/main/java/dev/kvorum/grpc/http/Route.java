package dev.kvorum.grpc.http;

import io.netty.handler.codec.http.HttpRequest;

/** Serves what is asked for at some path. Called on the connection's event loop. */
public interface Route {
  /**
   * Begins to serve a request.
   *
   * @param request its first line and headers
   * @param path the path that is asked for, without parameters
   * @param response takes the answer, at once or later
   */
  Exchange open(HttpRequest request, String path, Response response);

  /** Whether this can be spoken to over a WebSocket, each of whose messages is a line of the body or the response. */
  default boolean acceptsWebSockets() {
    return false;
  }

  /** Whether this can change something, so that not every web page that a user visits may use it. */
  default boolean isGuarded() {
    return false;
  }
}
