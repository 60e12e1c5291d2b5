package dev.kvorum.grpc.http;

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
    return BodyIgnored.INSTANCE;
  }
}
