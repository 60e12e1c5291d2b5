package dev.kvorum.apiserver.crd.schema;

/** An address of RFC 5322, with a name before it ({@code Jo <jo@example.com>}) or not. */
final class EmailFormat {
  private final String text;
  private int at;

  private EmailFormat(String text) {
    this.text = text;
  }

  static boolean matches(String text) {
    EmailFormat format = new EmailFormat(text);
    return format.mailbox() && format.skipComments() && format.at == text.length();
  }

  private boolean mailbox() {
    skipSpaces();
    int start = at;
    if (address()) {
      return true;
    }
    at = start;
    // A name of words, then the address in angle brackets.
    while (at < text.length() && text.charAt(at) != '<') {
      boolean word = text.charAt(at) == '"' ? quoted() : atom(true, true);
      if (!word) {
        return false;
      }
      skipSpaces();
    }
    at++;
    return at <= text.length() && address() && take('>');
  }

  private boolean address() {
    skipSpaces();
    boolean local = (at < text.length() && text.charAt(at) == '"') ? quoted() : atom(true, false);
    if (!local || !take('@')) {
      return false;
    }
    skipSpaces();
    if (at < text.length() && text.charAt(at) == '[') {
      int end = text.indexOf(']', at);
      boolean fits = end > 0 && IpFormats.isAddress(literal(text.substring(at + 1, end)), false);
      at = end + 1;
      return fits;
    }
    return atom(true, false);
  }

  private static String literal(String written) {
    return written.startsWith("IPv6:") ? written.substring(5) : written;
  }

  private boolean quoted() {
    for (at++; at < text.length(); at++) {
      char each = text.charAt(at);
      if (each == '"') {
        at++;
        return true;
      }
      if (each == '\\') {
        at++;
      } else if (each == '\r' || each == '\n' || (each < ' ' && each != '\t') || each == 0x7f) {
        return false;
      }
    }
    return false;
  }

  /**
   * Letters, digits and some signs.
   *
   * @param dots whether dots may be between them
   * @param permissive whether dots may be anywhere
   */
  private boolean atom(boolean dots, boolean permissive) {
    int start = at;
    while (at < text.length() && isAtom(text.charAt(at), dots)) {
      at++;
    }
    String atom = text.substring(start, at);
    return !atom.isEmpty()
        && (permissive || !(atom.startsWith(".") || atom.endsWith(".") || atom.contains("..")));
  }

  private static boolean isAtom(char each, boolean dots) {
    return (each == '.' && dots)
        || each >= 128
        || (each >= '0' && each <= '9')
        || (each >= 'A' && each <= 'Z')
        || (each >= 'a' && each <= 'z')
        || "!#$%&'*+-/=?^_`{|}~".indexOf(each) >= 0;
  }

  private boolean take(char wanted) {
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpaces() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private boolean skipComments() {
    skipSpaces();
    while (take('(')) {
      int depth = 1;
      for (; at < text.length() && depth > 0; at++) {
        char each = text.charAt(at);
        depth += each == '(' ? 1 : each == ')' ? -1 : 0;
        at += each == '\\' ? 1 : 0;
      }
      if (depth > 0) {
        return false;
      }
      skipSpaces();
    }
    return true;
  }
}
