package dev.kvorum.tls;

import java.io.IOException;

/** A file or a setting of TLS cannot be used; the message names it and is for the operator. */
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1;

  TlsException(String message) {
    super(message);
  }

  TlsException(String message, Throwable cause) {
    super(message + ": " + (cause.getMessage() == null ? cause : cause.getMessage()), cause);
  }
}
