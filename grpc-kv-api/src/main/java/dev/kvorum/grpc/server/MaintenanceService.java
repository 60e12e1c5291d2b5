package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.AdminResponses;
import dev.kvorum.grpc.wire.AlarmMessages;
import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AlarmType;
import dev.kvorum.proto.etcd.DefragmentRequest;
import dev.kvorum.proto.etcd.DowngradeRequest;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.HashRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.StatusRequest;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code etcdserverpb.Maintenance}. */
final class MaintenanceService {
  private final KvStore store;
  private final Limits limits;
  private final AdminResponses responses;

  private final SnapshotCall.Factory snapshot;

  MaintenanceService(KvStore store, Limits limits, CallGate gate, OpenStreams streams) {
    this.store = store;
    this.snapshot = new SnapshotCall.Factory(store, gate, streams);
    this.limits = limits;
    this.responses = new AdminResponses(store.identity());
  }

  /** Adds the methods to {@code service}. */
  ServiceBuilder addTo(ServiceBuilder service) {
    return service
        .unaryOnLearners(MaintenanceGrpc.getStatusMethod(), status())
        .unary(MaintenanceGrpc.getAlarmMethod(), alarm())
        .unary(MaintenanceGrpc.getHashKVMethod(), hashKv())
        .unary(MaintenanceGrpc.getHashMethod(), hash())
        .unary(MaintenanceGrpc.getDefragmentMethod(), defragment())
        .stream(MaintenanceGrpc.getSnapshotMethod(), snapshot)
        .unary(MaintenanceGrpc.getDowngradeMethod(), downgrade());
  }

  private UnaryMethod<?> status() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(StatusRequest.parser(), message);
          return CompletableFuture.completedFuture(store.status());
        },
        status ->
            responses.status(status, EtcdVersion.SERVER, EtcdVersion.STORAGE, limits.quotaBytes()));
  }

  private UnaryMethod<?> alarm() {
    return new UnaryMethod<>(
        (message, context) -> alarm(Parsed.message(AlarmRequest.parser(), message), context),
        alarms -> responses.alarms(alarms, store.term()));
  }

  private CompletableFuture<Alarms> alarm(AlarmRequest request, CallContext context)
      throws InvalidRequest {
    boolean all = request.getAlarm() == AlarmType.NONE;
    return switch (request.getAction()) {
      case GET -> {
        Alarm.Type only =
            all ? null : AlarmMessages.alarm(0, request.getAlarm()).type();
        yield store
            .maintenance()
            .alarms(context)
            .thenApply(found -> only == null
                ? found
                : new Alarms(
                    found.revision(),
                    found.alarms().stream()
                        .filter(alarm -> alarm.type() == only)
                        .toList()));
      }
      // There is no such alarm, so there is nothing to do.
      case ACTIVATE, DEACTIVATE -> {
        if (all) {
          yield CompletableFuture.completedFuture(new Alarms(store.revision(), List.of()));
        }
        Alarm alarm = AlarmMessages.alarm(request.getMemberID(), request.getAlarm());
        yield request.getAction() == AlarmRequest.AlarmAction.ACTIVATE
            ? store.maintenance().raise(alarm, context)
            : store.maintenance().disarm(alarm, context);
      }
      case UNRECOGNIZED -> throw new InvalidRequest("etcdserver: unknown alarm action");
    };
  }

  private UnaryMethod<?> hashKv() {
    return new UnaryMethod<>(
        (message, context) -> {
          HashKVRequest request = Parsed.message(HashKVRequest.parser(), message);
          return store.maintenance().hash(request.getRevision(), context);
        },
        hash -> responses.hashKv(hash, store.term()));
  }

  private UnaryMethod<?> hash() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(HashRequest.parser(), message);
          return store.maintenance().hash(0, context);
        },
        hash -> responses.hash(hash, store.term()));
  }

  /** Nothing stops meanwhile, so there is nothing to wait for either. */
  private UnaryMethod<?> defragment() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(DefragmentRequest.parser(), message);
          store.maintenance().reclaim();
          return CompletableFuture.completedFuture(Boolean.TRUE);
        },
        done -> AdminResponses.empty());
  }

  private UnaryMethod<?> downgrade() {
    return new UnaryMethod<>(
        (message, context) ->
            Downgrades.answer(store, Parsed.message(DowngradeRequest.parser(), message), context),
        revision -> responses.downgrade(Downgrades.CLUSTER_VERSION, revision, store.term()));
  }
}
