package dev.kvorum.apiserver.auth;

/** Says what may be done. Thread-safe. */
@FunctionalInterface
public interface Authorizer {
  Decision authorize(RequestAttributes request);

  /**
   * What was decided.
   *
   * @param reason of a refusal, for the client; may be empty
   */
  record Decision(boolean allowed, String reason) {
    public static final Decision ALLOWED = new Decision(true, "");

    /** Nothing allows it. */
    public static final Decision REFUSED = new Decision(false, "");
  }
}
