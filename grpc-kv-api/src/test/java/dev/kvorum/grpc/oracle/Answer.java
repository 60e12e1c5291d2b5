package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import io.grpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a server said to a unary call: a message, or an error with its code and exact text. */
sealed interface Answer {
  record Reply(Message message) implements Answer {
    @Override
    public String toString() {
      return "OK " + Text.of(message);
    }
  }

  /**
   * What the gateway said.
   *
   * @param answer the same as gRPC would have said it
   * @param status of HTTP
   */
  record Json(Answer answer, int status, String contentType) implements Answer {}

  /** Without how it was sent. */
  default Answer plain() {
    return this instanceof Json json ? json.answer : this;
  }

  record Failure(Status.Code code, @Nullable String text) implements Answer {
    static Failure of(Throwable thrown) {
      Status status = Status.fromThrowable(thrown);
      return new Failure(status.getCode(), status.getDescription());
    }

    @Override
    public String toString() {
      return code + " \"" + Objects.toString(text, "") + '"';
    }
  }
}
