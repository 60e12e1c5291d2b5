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
