package dev.kvorum.grpc.http;

import io.netty.handler.codec.http.FullHttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Something that can be asked for by path. */
@FunctionalInterface
public interface Page {
  /**
   * Answers a request. Called on the connection's event loop.
   *
   * @param request valid during the call only
   * @param loop the event loop; where the answer is best completed
   */
  CompletableFuture<Answer> answer(FullHttpRequest request, Executor loop);
}
