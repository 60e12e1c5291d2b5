package dev.kvorum.apiserver.quantity;

/** A quantity that cannot be understood; the message is for the client. */
public final class QuantityException extends Exception {
  private static final long serialVersionUID = 1;

  private QuantityException(String message) {
    super(message);
  }

  static QuantityException form() {
    return new QuantityException("quantities must match the regular expression"
        + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }

  static QuantityException suffix() {
    return new QuantityException("unable to parse quantity's suffix");
  }
}
