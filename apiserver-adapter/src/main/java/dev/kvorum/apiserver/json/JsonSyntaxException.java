package dev.kvorum.apiserver.json;

/** Text that is no JSON. The message is for the client and in upstream's words. */
public final class JsonSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  JsonSyntaxException(String message) {
    super(message);
  }

  static JsonSyntaxException end() {
    return new JsonSyntaxException("unexpected end of JSON input");
  }

  static JsonSyntaxException character(int found, String where) {
    return new JsonSyntaxException("invalid character " + quoted(found) + " " + where);
  }

  /** A byte, as if it were a character. */
  private static String quoted(int found) {
    return switch (found) {
      case '\'' -> "'\\''";
      case '"' -> "'\"'";
      default -> {
        String text = GoText.quoted(String.valueOf((char) found));
        yield "'" + text.substring(1, text.length() - 1) + "'";
      }
    };
  }
}
