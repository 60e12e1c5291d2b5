package dev.kvorum.grpc.wire;

/** Bytes that are not an encoded message of the kind that was expected. */
public final class MalformedMessage extends Exception {
  private static final long serialVersionUID = 1;

  /** Creates a report of what is wrong with the bytes. */
  public MalformedMessage(String reason) {
    super(reason, null, false, false);
  }
}
