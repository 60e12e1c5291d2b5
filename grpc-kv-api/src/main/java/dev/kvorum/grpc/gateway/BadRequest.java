package dev.kvorum.grpc.gateway;

/** A request that is not one: a body that is not the JSON form of its message, a header without meaning. The text is for its sender. */
final class BadRequest extends Exception {
  private static final long serialVersionUID = 1;

  BadRequest(String message) {
    super(message);
  }
}
