package dev.kvorum.grpc.client;

import dev.kvorum.grpc.wire.EtcdRequests;
import dev.kvorum.grpc.wire.EtcdResults;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseLeasesRequest;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.StatusRequest;
import dev.kvorum.proto.etcd.StatusResponse;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.StoreMaintenance;
import dev.kvorum.store.StoreStatus;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import dev.kvorum.tls.ClientTls;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The port over a connection to an etcd, ours or another.
 *
 * <p>Uses one member and goes to the next one when it is lost. What the port wants to know without waiting, state and
 * leader, is asked for once a second and may be that old.
 */
public final class RemoteKvStore implements KvStore {
  private static final long POLL_MILLIS = 1000;
  private static final long CONNECT_SECONDS = 10;

  private final ManagedChannel channel;
  private final ScheduledExecutorService poller;
  private final StoreIdentity identity;
  private final KeepAliveStream keepAlives;
  private final AtomicLong revision = new AtomicLong();
  private volatile StoreStatus status;
  private volatile long leaderSeenNanos = System.nanoTime();

  private RemoteKvStore(
      ManagedChannel channel, ScheduledExecutorService poller, StatusResponse first) {
    this.channel = channel;
    this.poller = poller;
    this.keepAlives = new KeepAliveStream(channel);
    this.identity =
        new StoreIdentity(first.getHeader().getClusterId(), first.getHeader().getMemberId(), "");
    this.status = EtcdResults.status(first);
    seen(first.getHeader());
  }

  /**
   * Connects to the cluster with these members. Waits for the first answer.
   *
   * @throws IOException if none answers in a few seconds
   */
  public static RemoteKvStore connect(List<InetSocketAddress> members) throws IOException {
    return connect(members, null);
  }

  /**
   * The same over TLS.
   *
   * @param tls null for plain text
   */
  public static RemoteKvStore connect(List<InetSocketAddress> members, @Nullable ClientTls tls)
      throws IOException {
    return connect(MemberChannel.to(members, tls));
  }

  /**
   * Works over a channel that somebody else has set up, see {@link MemberChannel}. The channel is closed with this store.
   *
   * @throws IOException if nobody answers in a few seconds
   */
  public static RemoteKvStore connect(ManagedChannel channel) throws IOException {
    StatusResponse first;
    try {
      first = MaintenanceGrpc.newBlockingStub(channel)
          .withWaitForReady()
          .withDeadlineAfter(CONNECT_SECONDS, TimeUnit.SECONDS)
          .status(StatusRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      channel.shutdownNow();
      throw new IOException("no member answers: " + e.getStatus(), e);
    }
    ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "kvorum-remote-status");
      thread.setDaemon(true);
      return thread;
    });
    RemoteKvStore store = new RemoteKvStore(channel, poller, first);
    store.pollLater();
    return store;
  }

  @Override
  public StoreIdentity identity() {
    return identity;
  }

  @Override
  public StoreStatus status() {
    return status;
  }

  @Override
  public long term() {
    return status.term();
  }

  @Override
  public long revision() {
    return revision.get();
  }

  @Override
  public long leaderlessMillis() {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - leaderSeenNanos);
    return millis < 3 * POLL_MILLIS ? 0 : millis;
  }

  @Override
  public CompletableFuture<RangeResult> range(RangeRequest request, CallContext context) {
    return call(KVGrpc.getRangeMethod(), EtcdRequests.range(request), context, response -> {
      seen(response.getHeader());
      return EtcdResults.range(response);
    });
  }

  /** How large parts are is up to the server. */
  @Override
  public RangeStream rangeStream(RangeRequest request, int partBytes, CallContext context) {
    return new RemoteRangeStream(channel, EtcdRequests.range(request), context);
  }

  @Override
  public CompletableFuture<PutResult> put(PutRequest request, CallContext context) {
    return call(KVGrpc.getPutMethod(), EtcdRequests.put(request), context, response -> {
      seen(response.getHeader());
      return EtcdResults.put(response);
    });
  }

  @Override
  public CompletableFuture<DeleteResult> delete(DeleteRequest request, CallContext context) {
    return call(KVGrpc.getDeleteRangeMethod(), EtcdRequests.delete(request), context, response -> {
      seen(response.getHeader());
      return EtcdResults.delete(response);
    });
  }

  @Override
  public CompletableFuture<TxnResult> txn(TxnRequest request, CallContext context) {
    return call(KVGrpc.getTxnMethod(), EtcdRequests.txn(request), context, response -> {
      seen(response.getHeader());
      return EtcdResults.txn(response);
    });
  }

  @Override
  public CompletableFuture<Long> compact(long revision, boolean physical, CallContext context) {
    return call(
        KVGrpc.getCompactMethod(),
        CompactionRequest.newBuilder()
            .setRevision(revision)
            .setPhysical(physical)
            .build(),
        context,
        response -> response.getHeader().getRevision());
  }

  @Override
  public CompletableFuture<LeaseGrant> leaseGrant(long ttlSeconds, long id, CallContext context) {
    return call(
        LeaseGrpc.getLeaseGrantMethod(),
        LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).setID(id).build(),
        context,
        EtcdResults::grant);
  }

  @Override
  public CompletableFuture<Long> leaseRevoke(long id, CallContext context) {
    return call(
        LeaseGrpc.getLeaseRevokeMethod(),
        LeaseRevokeRequest.newBuilder().setID(id).build(),
        context,
        response -> response.getHeader().getRevision());
  }

  @Override
  public CompletableFuture<LeaseKeepAlive> leaseKeepAlive(long id, CallContext context) {
    return keepAlives.renew(id, context.executor());
  }

  @Override
  public CompletableFuture<LeaseTimeToLive> leaseTimeToLive(
      long id, boolean withKeys, CallContext context) {
    return call(
        LeaseGrpc.getLeaseTimeToLiveMethod(),
        LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(withKeys).build(),
        context,
        EtcdResults::timeToLive);
  }

  @Override
  public CompletableFuture<Leases> leases(CallContext context) {
    return call(
        LeaseGrpc.getLeaseLeasesMethod(),
        LeaseLeasesRequest.getDefaultInstance(),
        context,
        EtcdResults::leases);
  }

  @Override
  public CompletableFuture<List<Member>> members(boolean linearizable, CallContext context) {
    return call(
        ClusterGrpc.getMemberListMethod(),
        MemberListRequest.newBuilder().setLinearizable(linearizable).build(),
        context,
        EtcdResults::members);
  }

  @Override
  public WatchStream openWatchStream(Executor executor, WatchSink sink) {
    return new RemoteWatchStream(channel, executor, sink);
  }

  @Override
  public StoreMaintenance maintenance() {
    return new RemoteMaintenance(channel);
  }

  @Override
  public void close() {
    poller.shutdownNow();
    channel.shutdownNow();
  }

  private <Q, S, R> CompletableFuture<R> call(
      MethodDescriptor<Q, S> method, Q request, CallContext context, Function<S, R> read) {
    return UnaryCall.start(channel, method, request, context, read);
  }

  private void seen(ResponseHeader header) {
    revision.accumulateAndGet(header.getRevision(), Math::max);
  }

  private void pollLater() {
    var unused = poller.schedule(this::poll, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void poll() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * POLL_MILLIS);
    var unused = UnaryCall.start(
            channel,
            MaintenanceGrpc.getStatusMethod(),
            StatusRequest.getDefaultInstance(),
            new CallContext(poller, deadline),
            response -> {
              seen(response.getHeader());
              return EtcdResults.status(response);
            })
        .whenComplete((answer, failure) -> {
          if (failure == null) {
            status = answer;
            if (answer.leaderId() != 0) {
              leaderSeenNanos = System.nanoTime();
            }
          } else if (!(failure instanceof StoreException)) {
            throw new IllegalStateException("status of the remote store", failure);
          }
          if (!poller.isShutdown()) {
            pollLater();
          }
        });
  }

  /** The options of a call in this context. */
  static CallOptions options(CallContext context) {
    CallOptions options = CallOptions.DEFAULT.withExecutor(context.executor());
    return context.deadlineNanos() == Long.MAX_VALUE
        ? options
        : options.withDeadlineAfter(
            context.deadlineNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
  }
}
