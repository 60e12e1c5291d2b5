package dev.kvorum.grpc.oracle;

import io.grpc.Metadata;

/**
 * In whose name a call is made: with the token that the server gave a user earlier in the sequence. Without one, with
 * one that no server ever gave.
 *
 * @param user the user; empty for nobody, who sends no token
 * @param age which token: 0 is the one got last, 1 the one before it
 * @param form how the token is sent
 */
record Who(String user, int age, Form form) {
  static final Who NOBODY = new Who("", 0, Form.TOKEN);

  enum Form {
    TOKEN("token", ""),
    AUTHORIZATION("authorization", ""),
    BEARER("authorization", "Bearer ");

    private final String header;
    private final String scheme;

    Form(String header, String scheme) {
      this.header = header;
      this.scheme = scheme;
    }
  }

  /** What a client sends of itself. */
  record Credential(Form form, String token) {
    static final Credential NONE = new Credential(Form.TOKEN, "");

    boolean isNone() {
      return token.isEmpty();
    }

    Metadata metadata() {
      Metadata metadata = new Metadata();
      if (!isNone()) {
        metadata.put(
            Metadata.Key.of(form.header, Metadata.ASCII_STRING_MARSHALLER), form.scheme + token);
      }
      return metadata;
    }

    /** The value of HTTP's header Authorization; the gateway knows no other. */
    String authorization() {
      return form.scheme + token;
    }
  }

  boolean isNobody() {
    return user.isEmpty();
  }

  @Override
  public String toString() {
    return isNobody() ? "nobody" : user + (age == 0 ? "" : " of before") + " by " + form;
  }
}
