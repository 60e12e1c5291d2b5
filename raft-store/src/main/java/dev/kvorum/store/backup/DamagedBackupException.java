package dev.kvorum.store.backup;

import java.io.IOException;

/** A backup that cannot be used. The message is for the operator: what is wrong and where. */
public final class DamagedBackupException extends IOException {
  private static final long serialVersionUID = 1;

  public DamagedBackupException(String message) {
    super(message);
  }
}
