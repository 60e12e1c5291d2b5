package dev.kvorum.apiserver.status;

/** A request that is answered with a {@link Status}. Carries no stack trace: it is an answer, not a bug. */
public final class StatusException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Status status;

  public StatusException(Status status) {
    super(status.message(), null, false, false);
    this.status = status;
  }

  public Status status() {
    return status;
  }
}
