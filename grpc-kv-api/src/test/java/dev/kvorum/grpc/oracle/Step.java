package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import io.grpc.MethodDescriptor;
import java.util.List;

/**
 * One thing to do to both servers. Messages may hold {@link Symbols}. Any step can be left out of a sequence and the
 * rest still runs.
 */
sealed interface Step {
  record Unary(int client, MethodDescriptor<?, ?> method, Message request) implements Step {
    @Override
    public String toString() {
      return "client " + client + " " + method.getBareMethodName() + " " + Text.of(request);
    }
  }

  record KeepAlive(int client, LeaseKeepAliveRequest request) implements Step {}

  /** Steps about a lease that lives only two seconds; nothing can be said about them when they take longer. */
  record Hurried(List<Step> steps) implements Step {}

  /** Grants the shortest lease, attaches the keys, and waits until it has expired. */
  record Expiry(int client, long id, List<Message> puts) implements Step {}

  /** Creates a watcher, to be known by {@code handle}. */
  record WatchCreate(int client, int handle, WatchCreateRequest request) implements Step {}

  /**
   * Cancels a watcher.
   *
   * @param settleFirst whether to wait for all its events before, or to cancel into the stream
   */
  record WatchCancel(int client, int handle, boolean settleFirst) implements Step {}

  /** Cancels what never was. */
  record WatchCancelUnknown(int client, long id) implements Step {}

  /** Asks for progress without waiting for it. */
  record WatchProgress(int client) implements Step {}

  /** A watch request that says nothing. */
  record WatchNothing(int client) implements Step {}

  /** Waits until every watcher has all its events, and compares them. */
  record Checkpoint() implements Step {}
}
