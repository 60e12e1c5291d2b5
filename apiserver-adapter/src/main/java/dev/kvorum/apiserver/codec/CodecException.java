package dev.kvorum.apiserver.codec;

import dev.kvorum.apiserver.status.Status;

/** A body or header that is refused. */
public final class CodecException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Status status;

  public CodecException(Status status) {
    super(status.message());
    this.status = status;
  }

  /** What the client is told. */
  public Status status() {
    return status;
  }
}
