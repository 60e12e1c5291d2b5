package dev.kvorum.grpc.wire;

/**
 * A request that was understood and is not offered. The message is the text for the client, word for word; the code,
 * UNIMPLEMENTED, is what clients fall back on.
 */
public final class UnsupportedRequest extends Exception {
  private static final long serialVersionUID = 1;

  /** Creates a refusal with the exact text for the client. */
  public UnsupportedRequest(String text) {
    super(text, null, false, false);
  }
}
