package dev.kvorum.grpc.http;

import dev.kvorum.store.Bytes;

/**
 * A complete response.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param body the body
 */
public record Answer(int status, String contentType, Bytes body) {
  /** Plain text, as Go's web server labels it. */
  public static Answer text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body);
  }

  /** Any text. */
  public static Answer of(int status, String contentType, String body) {
    return new Answer(status, contentType, Bytes.utf8(body));
  }

  static Answer notFound() {
    return text(404, "404 page not found\n");
  }

  static Answer methodNotAllowed() {
    return text(405, "Method Not Allowed\n");
  }
}
