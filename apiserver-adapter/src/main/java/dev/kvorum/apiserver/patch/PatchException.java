package dev.kvorum.apiserver.patch;

/** A patch that cannot be applied; the message is for the client. */
public final class PatchException extends Exception {
  private static final long serialVersionUID = 1;

  PatchException(String message) {
    super(message);
  }
}
