package dev.kvorum.apiserver.selector;

/** A selector that cannot be understood; the message is for the client. */
public final class SelectorException extends Exception {
  private static final long serialVersionUID = 1;

  SelectorException(String message) {
    super(message);
  }
}
