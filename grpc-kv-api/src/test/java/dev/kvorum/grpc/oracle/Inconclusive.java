package dev.kvorum.grpc.oracle;

/** A step depended on being quick and was not, so the two servers may rightly differ from here on. */
final class Inconclusive extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Inconclusive(String message) {
    super(message);
  }
}
