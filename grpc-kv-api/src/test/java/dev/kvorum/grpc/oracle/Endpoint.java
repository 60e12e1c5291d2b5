package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.SnapshotResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final GatewayClient gateway;

  Endpoint(String address, int clients, List<ClientInterceptor> interceptors) {
    gateway = new GatewayClient(address);
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

  /** The connection of {@code client}, for calls in somebody's name. */
  Channel channel(int client, Who.Credential credential) {
    return credential.isNone()
        ? channel(client)
        : ClientInterceptors.intercept(
            channel(client), MetadataUtils.newAttachHeadersInterceptor(credential.metadata()));
  }

  GatewayClient gateway() {
    return gateway;
  }

  /**
   * Starts a call with one request; the future always completes normally. The messages of a stream are merged into one,
   * as protobuf merges.
   */
  CompletableFuture<Answer> call(int client, MethodDescriptor<?, ?> method, Message request) {
    return call(client, Who.Credential.NONE, method, request);
  }

  /** As the other, in somebody's name. */
  CompletableFuture<Answer> call(
      int client, Who.Credential credential, MethodDescriptor<?, ?> method, Message request) {
    @SuppressWarnings("unchecked") // a step pairs a method with its own request
    MethodDescriptor<Message, Message> typed = (MethodDescriptor<Message, Message>) method;
    AnswerObserver observer =
        method.getFullMethodName().equals(MaintenanceGrpc.getSnapshotMethod().getFullMethodName())
            ? new SnapshotObserver()
            : new AnswerObserver();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(CALL_BOUND_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncServerStreamingCall(
        channel(client, credential).newCall(typed, options), request, observer);
    return observer.answer;
  }

  /** Sends a renewal on the client's lease stream, which stays open; answers come in order. */
  CompletableFuture<Answer> keepAlive(
      int client, Who.Credential credential, LeaseKeepAliveRequest request) {
    return connections.get(client).keepAlive(channel(client, credential), credential, request);
  }

  @Override
  public void close() {
    for (Connection connection : connections) {
      connection.channel.shutdownNow();
    }
    gateway.close();
  }

  private static final class Connection {
    private final ManagedChannel channel;
    private final Map<Who.Credential, LeaseStream> leases = new HashMap<>();

    Connection(ManagedChannel channel) {
      this.channel = channel;
    }

    CompletableFuture<Answer> keepAlive(
        Channel sender, Who.Credential credential, LeaseKeepAliveRequest request) {
      LeaseStream stream = leases.get(credential);
      if (stream == null || stream.ended) {
        stream = new LeaseStream();
        stream.requests = LeaseGrpc.newStub(sender).leaseKeepAlive(stream);
        leases.put(credential, stream);
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

  private static class AnswerObserver implements StreamObserver<Message> {
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
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

  /**
   * Of a snapshot only what every server's has is told: whether it is complete and its digest right. That is said in
   * the place of the bytes.
   */
  private static final class SnapshotObserver extends AnswerObserver {
    private final List<SnapshotResponse> parts = new ArrayList<>();

    @Override
    public void onNext(Message value) {
      parts.add((SnapshotResponse) value);
    }

    @Override
    public void onCompleted() {
      answer.complete(
          parts.isEmpty()
              ? new Answer.Failure(io.grpc.Status.Code.OK, "no message")
              : new Answer.Reply(parts.getLast().toBuilder()
                  .setBlob(ByteString.copyFromUtf8(verdict()))
                  .build()));
    }

    private String verdict() {
      MessageDigest digest;
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
      long left = parts.stream().mapToLong(part -> part.getBlob().size()).sum();
      boolean counted = true;
      long size = 0;
      for (SnapshotResponse part : parts.subList(0, parts.size() - 1)) {
        digest.update(part.getBlob().toByteArray());
        size += part.getBlob().size();
        counted &= part.getRemainingBytes() < left && part.getBlob().size() <= 32 << 10;
        left = part.getRemainingBytes();
      }
      boolean right =
          ByteString.copyFrom(digest.digest()).equals(parts.getLast().getBlob());
      return size == 0
          ? "empty"
          : "size mod 512 " + size % 512 + ", counts down " + counted + ", digest right " + right;
    }
  }
}
