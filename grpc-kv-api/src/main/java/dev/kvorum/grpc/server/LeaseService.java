package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.KvResponses;
import dev.kvorum.grpc.wire.LeaseResponses;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseLeasesRequest;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.store.KvStore;
import io.grpc.ServerServiceDefinition;

/** {@code etcdserverpb.Lease}. */
final class LeaseService {
  private final KvStore store;
  private final LeaseResponses responses;
  private final KvResponses headers;
  private final KeepAliveCall.Factory keepAlive;

  LeaseService(KvStore store, CallGate gate, OpenStreams streams) {
    this.store = store;
    this.responses = new LeaseResponses(store.identity());
    this.headers = new KvResponses(store.identity());
    this.keepAlive = new KeepAliveCall.Factory(store, responses, gate, streams);
  }

  ServerServiceDefinition bind(ServiceBuilder service) {
    return service
        .unary(LeaseGrpc.getLeaseGrantMethod(), grant())
        .unary(LeaseGrpc.getLeaseRevokeMethod(), revoke())
        .unary(LeaseGrpc.getLeaseTimeToLiveMethod(), timeToLive())
        .unary(LeaseGrpc.getLeaseLeasesMethod(), leases())
        .stream(LeaseGrpc.getLeaseKeepAliveMethod(), keepAlive)
        .build();
  }

  private UnaryMethod<?> grant() {
    return new UnaryMethod<>(
        (message, context) -> {
          LeaseGrantRequest request = Parsed.message(LeaseGrantRequest.parser(), message);
          return store.leaseGrant(request.getTTL(), request.getID(), context);
        },
        result -> responses.grant(result, store.term()));
  }

  private UnaryMethod<?> revoke() {
    return new UnaryMethod<>(
        (message, context) -> {
          LeaseRevokeRequest request = Parsed.message(LeaseRevokeRequest.parser(), message);
          return store.leaseRevoke(request.getID(), context);
        },
        revision -> headers.headerOnly(revision, store.term()));
  }

  private UnaryMethod<?> timeToLive() {
    return new UnaryMethod<>(
        (message, context) -> {
          LeaseTimeToLiveRequest request = Parsed.message(LeaseTimeToLiveRequest.parser(), message);
          return store.leaseTimeToLive(request.getID(), request.getKeys(), context);
        },
        result -> responses.timeToLive(result, store.term()));
  }

  private UnaryMethod<?> leases() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(LeaseLeasesRequest.parser(), message);
          return store.leases(context);
        },
        result -> responses.leases(result, store.term()));
  }
}
