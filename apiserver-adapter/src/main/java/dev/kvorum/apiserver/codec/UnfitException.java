package dev.kvorum.apiserver.codec;

/** A value that does not fit its field; the message is in upstream's words. */
final class UnfitException extends Exception {
  private static final long serialVersionUID = 1;

  UnfitException(String message) {
    super(message);
  }
}
