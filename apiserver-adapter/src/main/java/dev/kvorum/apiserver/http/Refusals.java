package dev.kvorum.apiserver.http;

import dev.kvorum.apiserver.status.Status;
import java.nio.charset.StandardCharsets;

/** The answers that the transport gives by itself. */
final class Refusals {
  private Refusals() {}

  private static HttpResponse of(Status status) {
    return new HttpResponse(
        status.code(),
        HttpFields.of("Content-Type", "application/json", "Cache-Control", "no-cache, private"),
        (status.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse text(int status, String text) {
    HttpResponse plain = HttpResponse.text(status, text + "\n");
    return new HttpResponse(
        status, plain.headers().with("X-Content-Type-Options", "nosniff"), plain.body());
  }

  static HttpResponse malformed() {
    return text(400, "400 Bad Request");
  }

  static HttpResponse tooSlow() {
    return text(408, "408 Request Timeout");
  }

  static HttpResponse headTooLarge() {
    return text(431, "431 Request Header Fields Too Large");
  }

  static HttpResponse bodyTooLarge(int limit) {
    return of(Status.tooLarge("limit is " + limit));
  }

  static HttpResponse busy() {
    HttpResponse plain = text(429, "Too many requests, please try again later.");
    return new HttpResponse(429, plain.headers().with("Retry-After", "1"), plain.body());
  }

  static HttpResponse late() {
    return of(Status.timeout("request did not complete within the allotted timeout", 0));
  }

  /** The handler failed; what happened is in the log. */
  static HttpResponse broken() {
    return of(Status.internalError("the request could not be served; see the log of the server"));
  }
}
