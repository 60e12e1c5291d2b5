package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.ClusterResponses;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.MemberAddRequest;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.MemberPromoteRequest;
import dev.kvorum.proto.etcd.MemberRemoveRequest;
import dev.kvorum.proto.etcd.MemberUpdateRequest;
import dev.kvorum.proto.etcd.MoveLeaderRequest;
import dev.kvorum.store.KvStore;
import io.grpc.ServerServiceDefinition;

/** {@code etcdserverpb.Cluster}, and what of Maintenance concerns members. */
final class ClusterService {
  private final KvStore store;
  private final ClusterResponses responses;

  ClusterService(KvStore store) {
    this.store = store;
    this.responses = new ClusterResponses(store.identity());
  }

  ServerServiceDefinition bind(ServiceBuilder service) {
    return service
        .unary(ClusterGrpc.getMemberListMethod(), list())
        .unary(ClusterGrpc.getMemberAddMethod(), add())
        .unary(ClusterGrpc.getMemberRemoveMethod(), remove())
        .unary(ClusterGrpc.getMemberUpdateMethod(), update())
        .unary(ClusterGrpc.getMemberPromoteMethod(), promote())
        .build();
  }

  private UnaryMethod<?> list() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = Parsed.message(MemberListRequest.parser(), message);
          return store.members(request.getLinearizable(), context);
        },
        members -> responses.list(members, store.term()));
  }

  private UnaryMethod<?> add() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = Parsed.message(MemberAddRequest.parser(), message);
          return store.cluster().add(request.getPeerURLsList(), request.getIsLearner(), context);
        },
        added -> responses.add(added, store.term()));
  }

  private UnaryMethod<?> remove() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = Parsed.message(MemberRemoveRequest.parser(), message);
          return store.cluster().remove(request.getID(), context);
        },
        members -> responses.remove(members, store.term()));
  }

  private UnaryMethod<?> update() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = Parsed.message(MemberUpdateRequest.parser(), message);
          return store.cluster().update(request.getID(), request.getPeerURLsList(), context);
        },
        members -> responses.update(members, store.term()));
  }

  private UnaryMethod<?> promote() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = Parsed.message(MemberPromoteRequest.parser(), message);
          return store.cluster().promote(request.getID(), context);
        },
        members -> responses.promote(members, store.term()));
  }

  /** Answers without a header. */
  UnaryMethod<?> moveLeader() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = Parsed.message(MoveLeaderRequest.parser(), message);
          return store.cluster().moveLeader(request.getTargetID(), context);
        },
        nothing -> Splice.of(new byte[0]));
  }
}
