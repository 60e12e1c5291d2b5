package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.auth.Authorizer.Decision;
import dev.kvorum.apiserver.status.Status;

/** How clients are told that they are not believed, or not allowed. */
public final class AuthStatuses {
  private AuthStatuses() {}

  /** For a client that is not believed; to be sent with 401. */
  public static Status unauthorized() {
    return Status.unauthorized();
  }

  /** For a client that may not do what it asked; to be sent with {@code X-Content-Type-Options: nosniff}. */
  public static Status forbidden(RequestAttributes request, Decision decision) {
    String why = harmless(message(request));
    if (!decision.reason().isEmpty()) {
      why += ": " + decision.reason();
    }
    return request.resourceRequest()
        ? Status.forbidden(request.groupResource(), request.name(), why)
        : Status.forbidden(why);
  }

  private static String message(RequestAttributes request) {
    String who = "User " + quoted(request.user().name()) + " cannot " + request.verb();
    if (!request.resourceRequest()) {
      return who + " path " + quoted(request.path());
    }
    String resource = request.subresource().isEmpty()
        ? request.resource()
        : request.resource() + "/" + request.subresource();
    String what =
        who + " resource " + quoted(resource) + " in API group " + quoted(request.group());
    return request.namespace().isEmpty()
        ? what + " at the cluster scope"
        : what + " in the namespace " + quoted(request.namespace());
  }

  /** In quotes, with escapes as Go writes them. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> {
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            out.append(String.format("\\x%02x", c));
          } else {
            out.appendCodePoint(c);
          }
        }
      }
    });
    return out.append('"').toString();
  }

  /** Without what a browser might take for HTML. */
  private static String harmless(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
