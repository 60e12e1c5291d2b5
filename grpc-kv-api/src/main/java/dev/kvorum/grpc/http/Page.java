package dev.kvorum.grpc.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.LoggerFactory;

/** Something that can be asked for by path and does not look at the body. */
@FunctionalInterface
public interface Page extends Route {
  /**
   * Answers a request. Called on the connection's event loop.
   *
   * @param loop the event loop; where the answer is best completed
   */
  CompletableFuture<Answer> answer(HttpRequest request, Executor loop);

  @Override
  default Exchange open(HttpRequest request, String path, Response response) {
    var unused = answer(request, response.loop())
        .whenCompleteAsync(
            (answer, failure) -> {
              if (failure != null) {
                LoggerFactory.getLogger(Page.class).error("page failed unexpectedly", failure);
                response.answer(Answer.text(500, "Internal Server Error\n"));
              } else {
                response.answer(answer);
              }
            },
            response.loop());
    return new Exchange() {
      @Override
      public void body(ByteBuf piece) {
        // of no interest
      }

      @Override
      public void bodyEnded() {
        // of no interest
      }

      @Override
      public boolean wantsBody() {
        return true;
      }

      @Override
      public boolean isEstablished() {
        return false;
      }

      @Override
      public void writable() {
        // answered at once
      }

      @Override
      public void gone() {
        // the answer will reach nobody
      }
    };
  }
}
