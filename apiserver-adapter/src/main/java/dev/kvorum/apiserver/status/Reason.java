package dev.kvorum.apiserver.status;

/** Why a request was not done, for programs. */
public enum Reason {
  /** Nothing more is known than the message says. */
  UNKNOWN(""),
  UNAUTHORIZED("Unauthorized"),
  FORBIDDEN("Forbidden"),
  NOT_FOUND("NotFound"),
  ALREADY_EXISTS("AlreadyExists"),
  CONFLICT("Conflict"),
  GONE("Gone"),
  EXPIRED("Expired"),
  INVALID("Invalid"),
  BAD_REQUEST("BadRequest"),
  METHOD_NOT_ALLOWED("MethodNotAllowed"),
  NOT_ACCEPTABLE("NotAcceptable"),
  UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType"),
  REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge"),
  TOO_MANY_REQUESTS("TooManyRequests"),
  INTERNAL_ERROR("InternalError"),
  SERVER_TIMEOUT("ServerTimeout"),
  SERVICE_UNAVAILABLE("ServiceUnavailable"),
  TIMEOUT("Timeout");

  private final String word;

  Reason(String word) {
    this.word = word;
  }

  /** As objects have it. */
  public String word() {
    return word;
  }
}
