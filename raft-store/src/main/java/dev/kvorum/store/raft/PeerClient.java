package dev.kvorum.store.raft;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Calls {@link PeerMethod}s of other members, over one connection each. Answers arrive on an event loop, so what depends
 * on them must only hand over. Thread-safe.
 */
final class PeerClient implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private record Connection(RaftConfig.HostPort address, ManagedChannel channel) {}

  private final long clusterId;
  private final long selfId;
  private final LongFunction<Optional<RaftConfig.HostPort>> addresses;
  private final Failpoints failpoints;
  private final @Nullable PeerTls tls;
  private final Map<Long, Connection> connections = new HashMap<>();
  private final Map<Long, PeerCounts> counts = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * Creates a client.
   *
   * @param addresses where a member is reached now, if it is known
   * @param tls what secures the connections; null if nothing does
   */
  PeerClient(
      long clusterId,
      long selfId,
      LongFunction<Optional<RaftConfig.HostPort>> addresses,
      Failpoints failpoints,
      @Nullable PeerTls tls) {
    this.clusterId = clusterId;
    this.selfId = selfId;
    this.addresses = addresses;
    this.failpoints = failpoints;
    this.tls = tls;
  }

  /**
   * Makes a call with one answer. Completes exceptionally with what the other side refused it with, as a {@link
   * dev.kvorum.store.StoreException}, or with an exception of gRPC's when there was no answer in time.
   */
  CompletableFuture<byte[]> call(
      long member, PeerMethod method, byte[] request, long timeoutMillis) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    PeerCounts of = counts.computeIfAbsent(member, unseen -> new PeerCounts());
    long start = System.nanoTime();
    start(member, method, request, timeoutMillis, new ClientCall.Listener<>() {
      private byte @Nullable [] message;

      @Override
      public void onMessage(byte[] received) {
        message = received;
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        if (!status.isOk()) {
          of.failures.increment();
          answer.completeExceptionally(new StatusException(status));
        } else if (message == null) {
          answer.completeExceptionally(
              new StatusException(Status.INTERNAL.withDescription("no answer")));
        } else {
          if (method == PeerMethod.CONFIRM_TERM) {
            of.roundTrips.record(System.nanoTime() - start);
          }
          try {
            answer.complete(PeerWire.unwrap(message));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        }
      }
    });
    return answer;
  }

  /**
   * Starts a call whose answers go to {@code listener}; one is requested, the rest is the caller's to request.
   *
   * @return the call; null if it could not be started, and then the listener has been told
   */
  @Nullable
  ClientCall<byte[], byte[]> start(
      long member,
      PeerMethod method,
      byte[] request,
      long timeoutMillis,
      ClientCall.Listener<byte[]> listener) {
    ClientCall<byte[], byte[]> call;
    try {
      failpoints.reached(
          "call " + method + " " + MemberIds.hex(selfId) + ">" + MemberIds.hex(member));
      call = channel(member)
          .newCall(
              method.descriptor(),
              CallOptions.DEFAULT.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS));
    } catch (StatusException | RuntimeException e) {
      listener.onClose(Status.fromThrowable(e), new Metadata());
      return null;
    }
    Metadata headers = new Metadata();
    headers.put(PeerGuard.CLUSTER, MemberIds.hex(clusterId));
    headers.put(PeerGuard.MEMBER, MemberIds.hex(selfId));
    headers.put(PeerGuard.TARGET, MemberIds.hex(member));
    call.start(listener, headers);
    call.request(method == PeerMethod.SNAPSHOT ? 1 : 2);
    call.sendMessage(request);
    call.halfClose();
    return call;
  }

  /** How the calls fare, by the member that is called. */
  Map<Long, PeerCounts> counts() {
    return Map.copyOf(counts);
  }

  private ManagedChannel channel(long member) throws StatusException {
    RaftConfig.HostPort address = addresses
        .apply(member)
        .orElseThrow(() -> new StatusException(
            Status.UNAVAILABLE.withDescription("no address of " + MemberIds.hex(member))));
    synchronized (connections) {
      if (closed) {
        throw new StatusException(Status.UNAVAILABLE.withDescription("closed"));
      }
      Connection connection = connections.get(member);
      if (connection == null || !connection.address.equals(address)) {
        if (connection != null) {
          connection.channel.shutdownNow();
        }
        connection = new Connection(address, connect(address));
        connections.put(member, connection);
      }
      return connection.channel;
    }
  }

  private ManagedChannel connect(RaftConfig.HostPort address) {
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port());
    return (tls == null ? builder.usePlaintext() : builder.sslContext(tls.forClients()))
        .directExecutor()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .build();
  }

  /** Tries connections that failed again at once, instead of after gRPC's ever longer pauses. */
  void retryFailedConnections() {
    synchronized (connections) {
      for (Connection connection : connections.values()) {
        if (connection.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
          connection.channel.resetConnectBackoff();
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (connections) {
      closed = true;
      connections.values().forEach(connection -> connection.channel.shutdownNow());
      connections.clear();
    }
  }
}
