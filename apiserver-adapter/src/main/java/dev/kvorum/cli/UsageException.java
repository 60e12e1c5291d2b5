package dev.kvorum.cli;

/** The command line, or what it asks for, cannot be used; the message is for the operator. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
