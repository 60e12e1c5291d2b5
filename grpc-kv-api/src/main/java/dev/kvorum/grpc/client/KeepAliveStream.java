package dev.kvorum.grpc.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.kvorum.grpc.wire.EtcdResults;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All renewals of a store on one stream, which is opened anew after it broke. An etcd answers in the order of the
 * requests. May be called from any thread; futures are completed on their own executors.
 */
final class KeepAliveStream {
  /** Renewals that may wait for their answers; one more is refused. */
  private static final int MAX_PENDING = 10_000;

  private final Channel channel;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable Open open;

  KeepAliveStream(Channel channel) {
    this.channel = channel;
  }

  CompletableFuture<LeaseKeepAlive> renew(long id, Executor executor) {
    Renewal renewal = new Renewal(new CompletableFuture<>(), executor);
    synchronized (lock) {
      Open stream = open;
      if (stream == null) {
        stream = new Open();
        open = stream;
        stream.call.start(stream, new Metadata());
        stream.call.request(Integer.MAX_VALUE);
      }
      if (stream.pending.size() >= MAX_PENDING) {
        renewal.fail(StoreException.of(Kind.TOO_MANY_REQUESTS));
      } else {
        stream.pending.add(renewal);
        stream.call.sendMessage(LeaseKeepAliveRequest.newBuilder().setID(id).build());
      }
    }
    return renewal.result;
  }

  private record Renewal(CompletableFuture<LeaseKeepAlive> result, Executor executor) {
    void complete(LeaseKeepAlive answer) {
      executor.execute(() -> result.complete(answer));
    }

    void fail(StoreException failure) {
      executor.execute(() -> result.completeExceptionally(failure));
    }
  }

  private final class Open extends ClientCall.Listener<LeaseKeepAliveResponse> {
    final ClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
        channel.newCall(LeaseGrpc.getLeaseKeepAliveMethod(), CallOptions.DEFAULT);
    final ArrayDeque<Renewal> pending = new ArrayDeque<>(); // guarded by the lock

    @Override
    public void onMessage(LeaseKeepAliveResponse message) {
      Renewal oldest;
      synchronized (lock) {
        oldest = pending.poll();
      }
      if (oldest != null) {
        oldest.complete(EtcdResults.keepAlive(message));
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ArrayDeque<Renewal> unanswered;
      synchronized (lock) {
        if (open == this) {
          open = null;
        }
        unanswered = new ArrayDeque<>(pending);
        pending.clear();
      }
      StoreException failure = Failures.of(status);
      unanswered.forEach(renewal -> renewal.fail(failure));
    }
  }
}
