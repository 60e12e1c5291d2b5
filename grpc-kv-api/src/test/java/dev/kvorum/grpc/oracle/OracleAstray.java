package dev.kvorum.grpc.oracle;

/** The oracle contradicts what it said itself before it was killed: nothing can be held against it any more. */
final class OracleAstray extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OracleAstray(Difference contradiction) {
    super(contradiction.getMessage(), contradiction);
  }
}
