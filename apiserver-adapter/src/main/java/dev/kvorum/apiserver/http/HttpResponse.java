package dev.kvorum.apiserver.http;

import java.nio.charset.StandardCharsets;

/**
 * An answer with its whole body.
 *
 * @param headers without {@code Content-Length} and whatever else the transport sees to
 * @param body not copied, and not to be changed any more; to HEAD its length is told only
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
public record HttpResponse(int status, HttpFields headers, byte[] body) {
  public HttpResponse {
    if (status < 200 || status > 999) {
      throw new IllegalArgumentException("not the status of an answer: " + status);
    }
  }

  /** An answer in plain text, in UTF-8. */
  public static HttpResponse text(int status, String text) {
    return new HttpResponse(
        status,
        HttpFields.of("Content-Type", "text/plain; charset=utf-8"),
        text.getBytes(StandardCharsets.UTF_8));
  }
}
