package dev.kvorum.grpc;

import dev.kvorum.grpc.http.Answer;
import dev.kvorum.grpc.http.Page;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.StoreStatus;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * {@code /debug/vars}: what etcd's page of that name has and this member knows. The command line is not shown: it may hold
 * what is not for everybody.
 */
record DebugPage(KvStore store) implements Page {
  @Override
  public CompletableFuture<Answer> answer(HttpRequest request, Executor loop) {
    return CompletableFuture.completedFuture(
        request.method().equals(HttpMethod.GET) ? variables() : Answer.methodNotAllowed());
  }

  private Answer variables() {
    StoreStatus status = store.status();
    long memberId = store.identity().memberId();
    String role = status.learner()
        ? "StateLearner"
        : status.leaderId() == memberId ? "StateLeader" : "StateFollower";
    String page = """
        {
        "raft.status": {"id":"%s","term":%d,"commit":%d,"applied":%d,"lead":"%s","raftState":"%s"},
        "memstats": {"HeapAlloc":%d,"HeapSys":%d}
        }
        """.formatted(
            Long.toHexString(memberId),
            status.term(),
            status.committedIndex(),
            status.appliedIndex(),
            Long.toHexString(status.leaderId()),
            role,
            Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
            Runtime.getRuntime().totalMemory());
    return Answer.of(200, "application/json; charset=utf-8", page);
  }
}
