package dev.kvorum.grpc.gateway;

import dev.kvorum.grpc.http.Answer;
import dev.kvorum.grpc.http.BodyIgnored;
import dev.kvorum.grpc.http.Exchange;
import dev.kvorum.grpc.http.Response;
import dev.kvorum.store.Bytes;
import io.grpc.Status;

/** A request that is answered before its body is read. */
final class Refusal {
  private static final String JSON = "application/json";

  private Refusal() {}

  static Exchange of(Status status, Response response) {
    response.answer(answer(status));
    return BodyIgnored.INSTANCE;
  }

  /** How a failure is said that nothing was sent before. */
  static Answer answer(Status status) {
    return answer(status, MessageWriter.failure(status));
  }

  static Answer answer(Status status, byte[] body) {
    Answer answer = Answer.of(httpStatus(status.getCode()), JSON, Bytes.wrap(body));
    String description = status.getDescription();
    return status.getCode() == Status.Code.UNAUTHENTICATED && description != null
        ? answer.with("WWW-Authenticate", description)
        : answer;
  }

  private static int httpStatus(Status.Code code) {
    return switch (code) {
      case OK -> 200;
      case CANCELLED -> 499;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case DEADLINE_EXCEEDED -> 504;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case PERMISSION_DENIED -> 403;
      case UNAUTHENTICATED -> 401;
      case RESOURCE_EXHAUSTED -> 429;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
    };
  }
}
