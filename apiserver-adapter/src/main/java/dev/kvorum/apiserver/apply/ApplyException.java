package dev.kvorum.apiserver.apply;

/** A write whose owners cannot be worked out; the message says why, and is for the client. */
public final class ApplyException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean badRequest;

  ApplyException(String message) {
    this(message, false);
  }

  private ApplyException(String message, boolean badRequest) {
    super(message);
    this.badRequest = badRequest;
  }

  static ApplyException badRequest(String message) {
    return new ApplyException(message, true);
  }

  /** Whether the API answers with 400; else with 500, also if it is the client's object that does not fit. */
  public boolean isBadRequest() {
    return badRequest;
  }
}
