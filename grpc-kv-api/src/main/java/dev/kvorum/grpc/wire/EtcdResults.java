package dev.kvorum.grpc.wire;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.AlarmMember;
import dev.kvorum.proto.etcd.AlarmResponse;
import dev.kvorum.proto.etcd.DeleteRangeResponse;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.LeaseLeasesResponse;
import dev.kvorum.proto.etcd.LeaseStatus;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.proto.etcd.MemberListResponse;
import dev.kvorum.proto.etcd.PutResponse;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResponseOp;
import dev.kvorum.proto.etcd.StatusResponse;
import dev.kvorum.proto.etcd.TxnResponse;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.Member;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreStatus;
import dev.kvorum.store.TxnResult;
import java.util.ArrayList;
import java.util.List;

/** An etcd's messages as the port's results; {@link KvResponses} and its like are the way back. */
public final class EtcdResults {
  private EtcdResults() {}

  /** What a read found. */
  public static RangeResult range(RangeResponse message) {
    return new RangeResult(
        message.getHeader().getRevision(),
        keyValues(message.getKvsList()),
        message.getMore(),
        message.getCount());
  }

  /** A part of a range; the last one is that with a header. */
  public static RangePart rangePart(RangeResponse message) {
    return new RangePart(
        keyValues(message.getKvsList()),
        message.hasHeader()
            ? new RangePart.End(
                message.getHeader().getRevision(), message.getMore(), message.getCount())
            : null);
  }

  /** What a put did. */
  public static PutResult put(PutResponse message) {
    return new PutResult(
        message.getHeader().getRevision(),
        message.hasPrevKv() ? keyValue(message.getPrevKv()) : null);
  }

  /** What a deletion did. */
  public static DeleteResult delete(DeleteRangeResponse message) {
    return new DeleteResult(
        message.getHeader().getRevision(),
        message.getDeleted(),
        keyValues(message.getPrevKvsList()));
  }

  /** What a transaction did. */
  public static TxnResult txn(TxnResponse message) {
    return new TxnResult(
        message.getHeader().getRevision(),
        message.getSucceeded(),
        message.getResponsesList().stream().map(EtcdResults::op).toList());
  }

  /** A lease as granted. */
  public static LeaseGrant grant(LeaseGrantResponse message) {
    return new LeaseGrant(message.getHeader().getRevision(), message.getID(), message.getTTL());
  }

  /** A renewal's answer. */
  public static LeaseKeepAlive keepAlive(LeaseKeepAliveResponse message) {
    return new LeaseKeepAlive(message.getHeader().getRevision(), message.getID(), message.getTTL());
  }

  /** What a lease has left. */
  public static LeaseTimeToLive timeToLive(LeaseTimeToLiveResponse message) {
    return new LeaseTimeToLive(
        message.getHeader().getRevision(),
        message.getID(),
        message.getTTL(),
        message.getGrantedTTL(),
        message.getKeysList().stream().map(EtcdResults::bytes).toList());
  }

  /** The leases there are. */
  public static Leases leases(LeaseLeasesResponse message) {
    return new Leases(
        message.getHeader().getRevision(),
        message.getLeasesList().stream().map(LeaseStatus::getID).toList());
  }

  /** The members. */
  public static List<Member> members(MemberListResponse message) {
    return message.getMembersList().stream()
        .map(member -> new Member(
            member.getID(),
            member.getName(),
            member.getPeerURLsList(),
            member.getClientURLsList(),
            member.getIsLearner()))
        .toList();
  }

  /** What a member says of itself. The compact revision is not part of it, and alarms are only in words. */
  public static StoreStatus status(StatusResponse message) {
    return new StoreStatus(
        message.getHeader().getRevision(),
        0,
        message.getLeader(),
        message.getRaftTerm(),
        message.getRaftIndex(),
        message.getRaftAppliedIndex(),
        message.getDbSize(),
        message.getDbSizeInUse(),
        message.getIsLearner(),
        List.of());
  }

  /** Alarms; those of a type that is not known here are left out. */
  public static Alarms alarms(AlarmResponse message) {
    List<Alarm> alarms = new ArrayList<>();
    for (AlarmMember member : message.getAlarmsList()) {
      switch (member.getAlarm()) {
        case NOSPACE -> alarms.add(new Alarm(member.getMemberID(), Alarm.Type.NO_SPACE));
        case CORRUPT -> alarms.add(new Alarm(member.getMemberID(), Alarm.Type.CORRUPT));
        case NONE, UNRECOGNIZED -> {}
      }
    }
    return new Alarms(message.getHeader().getRevision(), alarms);
  }

  /** What a watcher is to see. */
  public static Event event(dev.kvorum.proto.etcd.Event message) {
    KeyValue keyValue = keyValue(message.getKv());
    KeyValue previous = message.hasPrevKv() ? keyValue(message.getPrevKv()) : null;
    return message.getType() == dev.kvorum.proto.etcd.Event.EventType.DELETE
        ? Event.delete(keyValue, previous)
        : Event.put(keyValue, previous);
  }

  private static OpResult op(ResponseOp message) {
    return switch (message.getResponseCase()) {
      case RESPONSE_RANGE -> range(message.getResponseRange());
      case RESPONSE_PUT -> put(message.getResponsePut());
      case RESPONSE_DELETE_RANGE -> delete(message.getResponseDeleteRange());
      case RESPONSE_TXN -> txn(message.getResponseTxn());
      case RESPONSE_NOT_SET ->
        throw new IllegalArgumentException("a response of a transaction says nothing");
    };
  }

  private static List<KeyValue> keyValues(List<dev.kvorum.proto.etcd.KeyValue> messages) {
    return messages.stream().map(EtcdResults::keyValue).toList();
  }

  private static KeyValue keyValue(dev.kvorum.proto.etcd.KeyValue message) {
    return KeyValue.of(
        bytes(message.getKey()),
        message.getCreateRevision(),
        message.getModRevision(),
        message.getVersion(),
        bytes(message.getValue()),
        message.getLease());
  }

  private static Bytes bytes(ByteString value) {
    return Bytes.wrap(value.toByteArray());
  }
}
