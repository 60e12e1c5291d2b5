package dev.kvorum.grpc.wire;

/** A response that does not fit in one message. */
public final class ResponseTooLarge extends RuntimeException {
  private static final long serialVersionUID = 1;

  ResponseTooLarge(long size) {
    super(
        "grpc: trying to send message larger than max (" + size + " vs. " + Integer.MAX_VALUE + ")",
        null,
        false,
        false);
  }
}
