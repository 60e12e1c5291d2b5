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
  record Unary(From from, MethodDescriptor<?, ?> method, Message request) implements Step {
    Unary(int client, MethodDescriptor<?, ?> method, Message request) {
      this(From.client(client), method, request);
    }

    @Override
    public String toString() {
      return from + " " + method.getBareMethodName() + " " + Text.of(request);
    }
  }

  record KeepAlive(From from, LeaseKeepAliveRequest request) implements Step {}

  /** Asks for a lock or campaigns; whoever is in front is removed once this one stands in the line. */
  record Turn(From from, MethodDescriptor<?, ?> method, Message request) implements Step {
    @Override
    public String toString() {
      return from + " turn " + method.getBareMethodName() + " " + Text.of(request);
    }
  }

  /**
   * Does something that only a leader can, as whoever leads then.
   *
   * @param request names the election and holds everything but the leader
   */
  record Lead(From from, MethodDescriptor<?, ?> method, Message request) implements Step {
    @Override
    public String toString() {
      return from + " lead " + method.getBareMethodName() + " " + Text.of(request);
    }
  }

  /** Removes everything that a sequence may have left: authentication, users, alarms, members, keys, leases. */
  record Clear() implements Step {}

  /** Steps about a lease that lives only two seconds; nothing can be said about them when they take longer. */
  record Hurried(List<Step> steps) implements Step {}

  /** Grants the shortest lease, attaches the keys, and waits until it has expired. */
  record Expiry(From from, long id, List<Message> puts) implements Step {}

  /** Creates a watcher, to be known by {@code handle}. */
  record WatchCreate(From from, int handle, WatchCreateRequest request) implements Step {
    WatchCreate(int client, int handle, WatchCreateRequest request) {
      this(From.client(client), handle, request);
    }
  }

  /**
   * Cancels a watcher.
   *
   * @param settleFirst whether to wait for all its events before, or to cancel into the stream
   */
  record WatchCancel(int client, int handle, boolean settleFirst) implements Step {}

  /** Cancels what never was. */
  record WatchCancelUnknown(From from, long id) implements Step {}

  /** Asks for progress without waiting for it. */
  record WatchProgress(From from) implements Step {}

  /** A watch request that says nothing. */
  record WatchNothing(From from) implements Step {}

  /** Waits until every watcher has all its events, and compares them. */
  record Checkpoint() implements Step {}
}
