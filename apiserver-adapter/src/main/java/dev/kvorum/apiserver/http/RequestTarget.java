package dev.kvorum.apiserver.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for.
 *
 * @param path percent-encoded, begins with a slash
 * @param query without the question mark; empty if there is none
 */
record RequestTarget(String path, String query) {
  /** Reads a target as clients and proxies send it; null if it makes no sense. */
  static @Nullable RequestTarget parse(String target) {
    String rest = target;
    if (!rest.startsWith("/")) {
      String lower = rest.toLowerCase(Locale.ROOT);
      int authority = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
      if (authority < 0) {
        return null;
      }
      int end = authority;
      while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
        end++;
      }
      rest = rest.substring(end);
      if (!rest.startsWith("/")) {
        rest = "/" + rest;
      }
    }
    int mark = rest.indexOf('?');
    String path = mark < 0 ? rest : rest.substring(0, mark);
    return isPath(path) ? new RequestTarget(path, mark < 0 ? "" : rest.substring(mark + 1)) : null;
  }

  private static boolean isPath(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c == 0x7f) {
        return false;
      }
      if (c == '%') {
        if (i + 2 >= path.length()
            || Character.digit(path.charAt(i + 1), 16) < 0
            || Character.digit(path.charAt(i + 2), 16) < 0) {
          return false;
        }
        i += 2;
      }
    }
    return true;
  }
}
