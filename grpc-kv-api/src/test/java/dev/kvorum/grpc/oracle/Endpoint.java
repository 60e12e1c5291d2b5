package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server as its clients see it: several connections, each with its own lease stream. */
final class Endpoint implements AutoCloseable {
  /** Far above what any call takes; a call that needs longer hangs. */
  static final long CALL_BOUND_SECONDS = 30;

  private final List<Connection> connections = new ArrayList<>();

  Endpoint(String address, int clients, List<ClientInterceptor> interceptors) {
    for (int i = 0; i < clients; i++) {
      connections.add(new Connection(NettyChannelBuilder.forTarget(address)
          .usePlaintext()
          .directExecutor()
          .maxInboundMessageSize(Integer.MAX_VALUE)
          .intercept(interceptors)
          .build()));
    }
  }

  ManagedChannel channel(int client) {
    return connections.get(client).channel;
  }

  /**
   * Starts a call with one request; the future always completes normally. The messages of a stream are merged into one,
   * as protobuf merges.
   */
  CompletableFuture<Answer> call(int client, MethodDescriptor<?, ?> method, Message request) {
    @SuppressWarnings("unchecked") // a step pairs a method with its own request
    MethodDescriptor<Message, Message> typed = (MethodDescriptor<Message, Message>) method;
    AnswerObserver observer = new AnswerObserver();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(CALL_BOUND_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncServerStreamingCall(
        channel(client).newCall(typed, options), request, observer);
    return observer.answer;
  }

  /** Sends a renewal on the client's lease stream, which stays open; answers come in order. */
  CompletableFuture<Answer> keepAlive(int client, LeaseKeepAliveRequest request) {
    return connections.get(client).keepAlive(request);
  }

  @Override
  public void close() {
    for (Connection connection : connections) {
      connection.channel.shutdownNow();
    }
  }

  private static final class Connection {
    private final ManagedChannel channel;
    private @Nullable LeaseStream leases;

    Connection(ManagedChannel channel) {
      this.channel = channel;
    }

    CompletableFuture<Answer> keepAlive(LeaseKeepAliveRequest request) {
      LeaseStream stream = leases;
      if (stream == null || stream.ended) {
        stream = new LeaseStream();
        stream.requests = LeaseGrpc.newStub(channel).leaseKeepAlive(stream);
        leases = stream;
      }
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      stream.waiting.add(answer);
      stream.send(request);
      return answer;
    }
  }

  private static final class LeaseStream implements StreamObserver<LeaseKeepAliveResponse> {
    private final Queue<CompletableFuture<Answer>> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable StreamObserver<LeaseKeepAliveRequest> requests;
    private volatile boolean ended;

    void send(LeaseKeepAliveRequest request) {
      if (requests != null) {
        requests.onNext(request);
      }
    }

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      CompletableFuture<Answer> first = waiting.poll();
      if (first != null) {
        first.complete(new Answer.Reply(response));
      }
    }

    @Override
    public void onError(Throwable thrown) {
      end(Answer.Failure.of(thrown));
    }

    @Override
    public void onCompleted() {
      end(new Answer.Failure(io.grpc.Status.Code.OK, "lease stream ended"));
    }

    private void end(Answer answer) {
      ended = true;
      for (CompletableFuture<Answer> each = waiting.poll(); each != null; each = waiting.poll()) {
        each.complete(answer);
      }
    }
  }

  private static final class AnswerObserver implements StreamObserver<Message> {
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private @Nullable Message message;

    @Override
    public void onNext(Message value) {
      Message before = message;
      message = before == null ? value : before.toBuilder().mergeFrom(value).build();
    }

    @Override
    public void onError(Throwable thrown) {
      answer.complete(Answer.Failure.of(thrown));
    }

    @Override
    public void onCompleted() {
      Message received = message;
      answer.complete(
          received == null
              ? new Answer.Failure(io.grpc.Status.Code.OK, "no message")
              : new Answer.Reply(received));
    }
  }
}
