package dev.kvorum.grpc;

import dev.kvorum.grpc.http.Answer;
import dev.kvorum.grpc.http.Page;
import dev.kvorum.grpc.server.EtcdVersion;
import dev.kvorum.grpc.server.Leadership;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** {@code /version}: the etcd that this behaves as. */
record VersionPage(Leadership leadership) implements Page {
  @Override
  public CompletableFuture<Answer> answer(HttpRequest request, Executor loop) {
    return CompletableFuture.completedFuture(
        request.method().equals(HttpMethod.GET) ? version() : Answer.methodNotAllowed());
  }

  private Answer version() {
    String cluster = leadership.changes() == 0 ? "not_decided" : EtcdVersion.CLUSTER;
    return Answer.of(
        200,
        "application/json",
        "{\"etcdserver\":\"" + EtcdVersion.SERVER + "\",\"etcdcluster\":\"" + cluster
            + "\",\"storage\":\"" + EtcdVersion.STORAGE + "\"}");
  }
}
