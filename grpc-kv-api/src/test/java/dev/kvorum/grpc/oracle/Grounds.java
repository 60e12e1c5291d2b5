package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AlarmMember;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AlarmResponse;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseLeasesRequest;
import dev.kvorum.proto.etcd.LeaseLeasesResponse;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseStatus;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.Member;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.MemberListResponse;
import dev.kvorum.proto.etcd.MemberRemoveRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import io.grpc.MethodDescriptor;
import java.util.List;

/** Everything that both servers hold: looked at, and removed, with calls that are compared as all are. */
final class Grounds {
  private static final DeleteRangeRequest EVERYTHING =
      DeleteRangeRequest.newBuilder().setKey(Keys.ZERO).setRangeEnd(Keys.ZERO).build();

  private static final RangeRequest ALL =
      RangeRequest.newBuilder().setKey(Keys.ZERO).setRangeEnd(Keys.ZERO).build();

  private final Duel duel;
  private final Keeper keeper;

  Grounds(Duel duel, Keeper keeper) {
    this.duel = duel;
    this.keeper = keeper;
  }

  /** Compares the whole state, past and present, as far as it can be asked for. */
  void lookAround() {
    keeper.login();
    long compacted = duel.compactRevision();
    long revision = duel.revision();
    for (long at = Math.max(1, compacted - 1); at <= revision + 1; at += 1 + revision / 50) {
      call(KVGrpc.getRangeMethod(), ALL.toBuilder().setRevision(at).build());
    }
    call(KVGrpc.getRangeMethod(), ALL);
    for (LeaseStatus lease : leases()) {
      call(
          LeaseGrpc.getLeaseTimeToLiveMethod(),
          LeaseTimeToLiveRequest.newBuilder().setID(lease.getID()).setKeys(true).build());
    }
    keeper.lookAround();
    alarms();
    members();
  }

  /** Removes it. */
  void clear() {
    clearAlarms();
    keeper.clear();
    for (Member member : members()) {
      if (member.getID() != Symbols.member(0)) {
        call(
            ClusterGrpc.getMemberRemoveMethod(),
            MemberRemoveRequest.newBuilder().setID(member.getID()).build());
      }
    }
    call(KVGrpc.getDeleteRangeMethod(), EVERYTHING);
    for (LeaseStatus lease : leases()) {
      call(
          LeaseGrpc.getLeaseRevokeMethod(),
          LeaseRevokeRequest.newBuilder().setID(lease.getID()).build());
    }
  }

  void clearAlarms() {
    for (AlarmMember alarm : alarms()) {
      call(
          MaintenanceGrpc.getAlarmMethod(),
          AlarmRequest.newBuilder()
              .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
              .setMemberID(alarm.getMemberID())
              .setAlarmValue(alarm.getAlarmValue())
              .build());
    }
  }

  private Answer call(MethodDescriptor<?, ?> method, Message request) {
    return duel.unary(keeper.from(), method, request);
  }

  private List<AlarmMember> alarms() {
    return call(MaintenanceGrpc.getAlarmMethod(), AlarmRequest.getDefaultInstance())
                instanceof Answer.Reply reply
            && reply.message() instanceof AlarmResponse alarms
        ? alarms.getAlarmsList()
        : List.of();
  }

  private List<Member> members() {
    return call(
                    ClusterGrpc.getMemberListMethod(),
                    MemberListRequest.newBuilder().setLinearizable(true).build())
                instanceof Answer.Reply reply
            && reply.message() instanceof MemberListResponse members
        ? members.getMembersList()
        : List.of();
  }

  private List<LeaseStatus> leases() {
    return call(LeaseGrpc.getLeaseLeasesMethod(), LeaseLeasesRequest.getDefaultInstance())
                instanceof Answer.Reply reply
            && reply.message() instanceof LeaseLeasesResponse leases
        ? leases.getLeasesList()
        : List.of();
  }
}
