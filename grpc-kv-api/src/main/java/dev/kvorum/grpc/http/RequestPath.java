package dev.kvorum.grpc.http;

/** The path of a request's target, as it was sent: what is written in another way is another path. */
final class RequestPath {
  private static final String OLD_PREFIX = "/v3beta/";

  private RequestPath() {}

  static String of(String target) {
    String path = target;
    int scheme = path.indexOf("://");
    if (!path.startsWith("/") && scheme > 0) { // as proxies are asked
      int slash = path.indexOf('/', scheme + 3);
      path = slash < 0 ? "/" : path.substring(slash);
    }
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '?' || path.charAt(i) == '#') {
        path = path.substring(0, i);
        break;
      }
    }
    return path.startsWith(OLD_PREFIX) ? "/v3/" + path.substring(OLD_PREFIX.length()) : path;
  }
}
