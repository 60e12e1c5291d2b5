package dev.kvorum.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.store.Access;
import dev.kvorum.store.Op;
import io.grpc.health.v1.HealthCheckRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Nothing can be asked for that nobody has thought about: a new RPC, a new field of a request or a new way to nest
 * requests makes this fail until somebody says here, and in the authorizer, what it takes.
 */
class RpcRulesTest {
  private static final List<FileDescriptor> FILES = List.of(
      RangeRequest.getDescriptor().getFile(),
      dev.kvorum.proto.etcd.LockRequest.getDescriptor().getFile(),
      dev.kvorum.proto.etcd.CampaignRequest.getDescriptor().getFile(),
      HealthCheckRequest.getDescriptor().getFile());

  /**
   * The fields of requests that a decision has been made about, by message: those that name what is read or written, and
   * those that only say how. A field that names something new belongs in {@link Access} first.
   */
  private static final Map<String, Set<String>> FIELDS = new HashMap<>();

  static {
    fields(
        "RangeRequest",
        "key range_end limit revision sort_order sort_target serializable keys_only count_only"
            + " min_mod_revision max_mod_revision min_create_revision max_create_revision");
    fields("PutRequest", "key value lease prev_kv ignore_value ignore_lease");
    fields("DeleteRangeRequest", "key range_end prev_kv");
    fields("TxnRequest", "compare success failure");
    fields("RequestOp", "request_range request_put request_delete_range request_txn");
    fields(
        "Compare", "result target key version create_revision mod_revision value lease range_end");
    fields("CompactionRequest", "revision physical");
    fields("WatchRequest", "create_request cancel_request progress_request");
    fields(
        "WatchCreateRequest",
        "key range_end start_revision progress_notify filters prev_kv watch_id fragment");
    fields("WatchCancelRequest", "watch_id");
    fields("WatchProgressRequest", "");
    fields("LeaseGrantRequest", "TTL ID");
    fields("LeaseRevokeRequest", "ID");
    fields("LeaseKeepAliveRequest", "ID");
    fields("LeaseTimeToLiveRequest", "ID keys");
    fields("LeaseLeasesRequest", "");
    fields("MemberAddRequest", "peerURLs isLearner");
    fields("MemberRemoveRequest", "ID");
    fields("MemberUpdateRequest", "ID peerURLs");
    fields("MemberListRequest", "linearizable");
    fields("MemberPromoteRequest", "ID");
    fields("AlarmRequest", "action memberID alarm");
    fields("StatusRequest", "");
    fields("DefragmentRequest", "");
    fields("HashRequest", "");
    fields("HashKVRequest", "revision");
    fields("SnapshotRequest", "");
    fields("MoveLeaderRequest", "targetID");
    fields("DowngradeRequest", "action version");
    fields("AuthEnableRequest", "");
    fields("AuthDisableRequest", "");
    fields("AuthStatusRequest", "");
    fields("AuthenticateRequest", "name password");
    fields("AuthUserAddRequest", "name password options hashedPassword");
    fields("UserAddOptions", "no_password");
    fields("AuthUserGetRequest", "name");
    fields("AuthUserListRequest", "");
    fields("AuthUserDeleteRequest", "name");
    fields("AuthUserChangePasswordRequest", "name password hashedPassword");
    fields("AuthUserGrantRoleRequest", "user role");
    fields("AuthUserRevokeRoleRequest", "name role");
    fields("AuthRoleAddRequest", "name");
    fields("AuthRoleGetRequest", "role");
    fields("AuthRoleListRequest", "");
    fields("AuthRoleDeleteRequest", "role");
    fields("AuthRoleGrantPermissionRequest", "name perm");
    fields("Permission", "permType key range_end");
    fields("AuthRoleRevokePermissionRequest", "role key range_end");
    fields("LockRequest", "name lease");
    fields("UnlockRequest", "key");
    fields("CampaignRequest", "name lease value");
    fields("ProclaimRequest", "leader value");
    fields("LeaderKey", "name key rev lease");
    fields("LeaderRequest", "name");
    fields("ResignRequest", "leader");
    fields("HealthCheckRequest", "service");
    fields("HealthListRequest", "");
  }

  private static void fields(String message, String names) {
    FIELDS.put(message, names.isEmpty() ? Set.of() : Set.of(names.split(" ", -1)));
  }

  @Test
  void everyRpcHasARule() {
    Set<String> without = new TreeSet<>();
    int methods = 0;
    for (FileDescriptor file : FILES) {
      for (ServiceDescriptor service : file.getServices()) {
        for (MethodDescriptor method : service.getMethods()) {
          methods++;
          if (RpcRules.of(service.getFullName() + "/" + method.getName()) == null) {
            without.add(method.getFullName());
          }
        }
      }
    }
    assertThat(without).isEmpty();
    assertThat(methods).isGreaterThanOrEqualTo(50);
  }

  @Test
  void whatIsNotInTheTableHasNoRule() {
    for (String name : List.of(
        "",
        "etcdserverpb.KV/Ranges",
        "etcdserverpb.kv/Range",
        "/etcdserverpb.KV/Range",
        "etcdserverpb.KV/Range.",
        "etcdserverpb.Watch/Progress")) {
      assertThat(RpcRules.of(name)).as(name).isNull();
    }
  }

  @Test
  void everyFieldOfEveryRequestHasBeenThoughtAbout() {
    Set<String> unknown = new TreeSet<>();
    Set<String> seen = new HashSet<>();
    for (FileDescriptor file : FILES) {
      for (ServiceDescriptor service : file.getServices()) {
        service.getMethods().forEach(method -> collect(method.getInputType(), seen, unknown));
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static void collect(Descriptor message, Set<String> seen, Set<String> unknown) {
    if (!seen.add(message.getFullName())) {
      return;
    }
    Set<String> known = FIELDS.get(message.getName());
    for (FieldDescriptor field : message.getFields()) {
      if (known == null || !known.contains(field.getName())) {
        unknown.add(message.getName() + "." + field.getName());
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        collect(field.getMessageType(), seen, unknown);
      }
    }
    if (known == null) {
      unknown.add(message.getName());
    }
  }

  @Test
  void operationsNestInTheWaysThatTheAuthorizerWalks() {
    Set<String> nested = new TreeSet<>();
    RequestOp.getDescriptor()
        .getFields()
        .forEach(field -> nested.add(field.getMessageType().getName()));
    assertThat(nested)
        .containsExactly("DeleteRangeRequest", "PutRequest", "RangeRequest", "TxnRequest");
    Set<String> walked = new TreeSet<>();
    Arrays.stream(Op.class.getPermittedSubclasses()).forEach(op -> walked.add(op.getSimpleName()));
    assertThat(walked).containsExactly("DeleteRequest", "PutRequest", "RangeRequest", "TxnRequest");
    Set<String> holders = new TreeSet<>();
    TxnRequest.getDescriptor().getFields().forEach(field -> holders.add(field.getName()));
    assertThat(holders).containsExactly("compare", "failure", "success");
  }

  @Test
  void lookingAtAlarmsIsForUsersAndChangingThemForAdministrators() {
    for (int action = -1; action <= 4; action++) {
      AlarmRequest request = AlarmRequest.newBuilder().setActionValue(action).build();
      assertThat(RpcRules.with(RpcRules.Rule.ALARM, request))
          .isInstanceOf(action == 0 ? Access.Free.class : Access.Administer.class);
    }
    assertThat(RpcRules.with(RpcRules.Rule.ALARM, "something else"))
        .isInstanceOf(Access.Administer.class);
    assertThat(RpcRules.before(RpcRules.Rule.ALARM)).isInstanceOf(Access.AnyUser.class);
  }
}
