package dev.kvorum.store.raft.disk;

import java.io.IOException;

/** A data directory that a member must not be started with. The message is for the operator: what is wrong, what to do. */
public final class UnusableDataException extends IOException {
  private static final long serialVersionUID = 1;

  public UnusableDataException(String message) {
    super(message);
  }

  public UnusableDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
