package dev.kvorum.apiserver.crd.schema;

import org.jspecify.annotations.Nullable;

/** What can stand in the first line of an HTTP request: an absolute URI or path. */
final class UriFormat {
  private UriFormat() {}

  static boolean matches(String text) {
    if (text.isEmpty() || text.chars().anyMatch(each -> each < ' ' || each == 0x7f)) {
      return false;
    }
    if (text.equals("*")) {
      return true;
    }
    String scheme = scheme(text);
    if (scheme == null) {
      return false;
    }
    String rest = text.substring(scheme.isEmpty() ? 0 : scheme.length() + 1);
    int query = rest.indexOf('?');
    String path = query < 0 ? rest : rest.substring(0, query);
    if (!path.startsWith("/")) {
      // Without a path, as mailto:x.
      return !scheme.isEmpty();
    }
    if (!scheme.isEmpty() && path.startsWith("//")) {
      int slash = path.indexOf('/', 2);
      String authority = slash < 0 ? path.substring(2) : path.substring(2, slash);
      return isAuthority(authority) && isEscaped(slash < 0 ? "" : path.substring(slash));
    }
    return isEscaped(path);
  }

  /** Null if there is a colon without one; empty if there is none. */
  private static @Nullable String scheme(String text) {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      boolean letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
      if (each == ':') {
        return i == 0 ? null : text.substring(0, i);
      }
      boolean inner = (each >= '0' && each <= '9') || "+-.".indexOf(each) >= 0;
      if (!letter && (i == 0 || !inner)) {
        return "";
      }
    }
    return "";
  }

  private static boolean isAuthority(String authority) {
    int at = authority.lastIndexOf('@');
    String user = at < 0 ? "" : authority.substring(0, at);
    boolean userFits = user.chars()
        .allMatch(each -> (each < 128 && Character.isLetterOrDigit(each))
            || "-._:~!$&'()*+,;=%@".indexOf(each) >= 0);
    return userFits && isEscaped(user) && isHost(authority.substring(at + 1));
  }

  private static boolean isHost(String host) {
    String name = host;
    if (host.startsWith("[")) {
      int end = host.lastIndexOf(']');
      if (end < 0 || !isPort(host.substring(end + 1))) {
        return false;
      }
      name = host.substring(0, end + 1);
    } else if (host.contains(":")) {
      int colon = host.indexOf(':');
      if (colon != host.lastIndexOf(':') || !isPort(host.substring(colon))) {
        return false;
      }
    }
    for (int i = 0; i < name.length(); i++) {
      char each = name.charAt(i);
      if (each < 128
          && !Character.isLetterOrDigit(each)
          && "-_.~!$&'()*+,;=:[]<>\"%".indexOf(each) < 0) {
        return false;
      }
    }
    return isEscaped(name);
  }

  private static boolean isPort(String text) {
    return text.isEmpty()
        || (text.charAt(0) == ':'
            && text.chars().skip(1).allMatch(each -> each >= '0' && each <= '9'));
  }

  /** Whether two hexadecimal digits follow each percent sign. */
  private static boolean isEscaped(String text) {
    for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
      if (i + 2 >= text.length()
          || Character.digit(text.charAt(i + 1), 16) < 0
          || Character.digit(text.charAt(i + 2), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}
