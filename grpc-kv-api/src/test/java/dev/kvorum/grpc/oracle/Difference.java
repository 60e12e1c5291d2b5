package dev.kvorum.grpc.oracle;

/** The two servers disagree, or one of them breaks a rule that needs no second opinion. */
final class Difference extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String kind;

  /**
   * A disagreement.
   *
   * @param kind what disagrees, without values: two differences of one kind are taken for the same bug
   */
  Difference(String kind, String what, Object oracle, Object subject) {
    super(what + "\n  oracle:  " + oracle + "\n  subject: " + subject);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }
}
