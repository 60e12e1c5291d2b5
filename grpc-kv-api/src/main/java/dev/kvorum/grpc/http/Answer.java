package dev.kvorum.grpc.http;

import dev.kvorum.store.Bytes;
import java.util.Map;

/**
 * A complete response.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param body the body
 * @param headers what else is said, by name
 */
public record Answer(int status, String contentType, Bytes body, Map<String, String> headers) {
  public Answer {
    headers = Map.copyOf(headers);
  }

  /** Plain text, as Go's web server labels it. */
  public static Answer text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body);
  }

  /** Any text. */
  public static Answer of(int status, String contentType, String body) {
    return of(status, contentType, Bytes.utf8(body));
  }

  /** Anything. */
  public static Answer of(int status, String contentType, Bytes body) {
    return new Answer(status, contentType, body, Map.of());
  }

  /** The same with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more);
  }

  static Answer notFound() {
    return text(404, "404 page not found\n");
  }

  /** For what can only be got. */
  public static Answer methodNotAllowed() {
    return text(405, "Method Not Allowed\n").with("Allow", "GET");
  }
}
