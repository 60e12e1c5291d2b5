package dev.kvorum.grpc.client;

import dev.kvorum.grpc.wire.AlarmMessages;
import dev.kvorum.grpc.wire.EtcdResults;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.DefragmentRequest;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.Backup;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreMaintenance;
import io.grpc.Channel;
import java.util.concurrent.CompletableFuture;

/** Operators' requests, made to whichever member the channel leads to. */
record RemoteMaintenance(Channel channel) implements StoreMaintenance {
  @Override
  public CompletableFuture<Alarms> alarms(CallContext context) {
    return call(AlarmRequest.getDefaultInstance(), context);
  }

  @Override
  public CompletableFuture<Alarms> raise(Alarm alarm, CallContext context) {
    return call(request(AlarmRequest.AlarmAction.ACTIVATE, alarm), context);
  }

  @Override
  public CompletableFuture<Alarms> disarm(Alarm alarm, CallContext context) {
    return call(request(AlarmRequest.AlarmAction.DEACTIVATE, alarm), context);
  }

  private static AlarmRequest request(AlarmRequest.AlarmAction action, Alarm alarm) {
    var member = AlarmMessages.of(alarm);
    return AlarmRequest.newBuilder()
        .setAction(action)
        .setMemberID(member.getMemberID())
        .setAlarm(member.getAlarm())
        .build();
  }

  private CompletableFuture<Alarms> call(AlarmRequest request, CallContext context) {
    return UnaryCall.start(
        channel, MaintenanceGrpc.getAlarmMethod(), request, context, EtcdResults::alarms);
  }

  @Override
  public CompletableFuture<HistoryHash> hash(long revision, CallContext context) {
    return UnaryCall.start(
        channel,
        MaintenanceGrpc.getHashKVMethod(),
        HashKVRequest.newBuilder().setRevision(revision).build(),
        context,
        response -> new HistoryHash(
            response.getHash(),
            response.getHashRevision(),
            response.getCompactRevision(),
            response.getHeader().getRevision()));
  }

  @Override
  public void reclaim() {
    var unused = UnaryCall.start(
        channel,
        MaintenanceGrpc.getDefragmentMethod(),
        DefragmentRequest.getDefaultInstance(),
        CallContext.inline(),
        response -> response);
  }

  /** A copy of another's state is taken by operators' tools, from the member itself. */
  @Override
  public CompletableFuture<Backup> backup(CallContext context) {
    return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.UNSUPPORTED));
  }
}
