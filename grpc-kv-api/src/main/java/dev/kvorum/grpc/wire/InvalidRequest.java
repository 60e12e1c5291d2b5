package dev.kvorum.grpc.wire;

/**
 * A request that was understood and may not be made. The message is the text for the client, word for word: etcd's
 * clients recognise failures by it.
 */
public final class InvalidRequest extends Exception {
  private static final long serialVersionUID = 1;

  /** Creates a refusal with the exact text for the client. */
  public InvalidRequest(String text) {
    super(text, null, false, false);
  }

  static InvalidRequest emptyKey() {
    return new InvalidRequest("etcdserver: key is not provided");
  }

  static InvalidRequest tooManyOperations() {
    return new InvalidRequest("etcdserver: too many operations in txn request");
  }

  static InvalidRequest duplicateKey() {
    return new InvalidRequest("etcdserver: duplicate key given in txn request");
  }

  /** The encoded request exceeds what may be replicated. */
  public static InvalidRequest tooLarge() {
    return new InvalidRequest("etcdserver: request is too large");
  }
}
