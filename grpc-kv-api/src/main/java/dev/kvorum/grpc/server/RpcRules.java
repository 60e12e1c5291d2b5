package dev.kvorum.grpc.server;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.store.Access;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each RPC takes, by its full name. One that is not in here is refused, whoever registered it: a new RPC without a
 * rule is useless, not open.
 */
final class RpcRules {
  /** Who may make a call. */
  enum Rule {
    /** Anybody. */
    FREE,
    /** Any user. */
    ANY_USER,
    /** Users with the role {@code root}. */
    ADMINISTER,
    /** The store decides by what is asked for, with the state that it is asked of. */
    BY_REQUEST,
    /** Any user for looking, {@code root} for changing. */
    ALARM
  }

  private static final Access FREE = new Access.Free();
  private static final Access ANY_USER = new Access.AnyUser();
  private static final Access ADMINISTER = new Access.Administer();

  private static final Map<String, Rule> RULES = new HashMap<>();

  static {
    all("etcdserverpb.KV", Rule.BY_REQUEST, "Range", "RangeStream", "Put", "DeleteRange", "Txn");
    all("etcdserverpb.KV", Rule.ADMINISTER, "Compact");
    all("etcdserverpb.Watch", Rule.BY_REQUEST, "Watch");
    all(
        "etcdserverpb.Lease",
        Rule.BY_REQUEST,
        "LeaseRevoke",
        "LeaseKeepAlive",
        "LeaseTimeToLive",
        "LeaseLeases");
    all("etcdserverpb.Lease", Rule.ANY_USER, "LeaseGrant");
    all("etcdserverpb.Cluster", Rule.ANY_USER, "MemberList");
    all(
        "etcdserverpb.Cluster",
        Rule.ADMINISTER,
        "MemberAdd",
        "MemberRemove",
        "MemberUpdate",
        "MemberPromote");
    all("etcdserverpb.Maintenance", Rule.ANY_USER, "Status");
    all("etcdserverpb.Maintenance", Rule.ALARM, "Alarm");
    all(
        "etcdserverpb.Maintenance",
        Rule.ADMINISTER,
        "Defragment",
        "Hash",
        "HashKV",
        "Snapshot",
        "MoveLeader",
        "Downgrade");
    all("etcdserverpb.Auth", Rule.FREE, "Authenticate", "AuthStatus");
    // Of oneself, or by an administrator.
    all("etcdserverpb.Auth", Rule.BY_REQUEST, "UserGet", "RoleGet");
    all(
        "etcdserverpb.Auth",
        Rule.ADMINISTER,
        "AuthEnable",
        "AuthDisable",
        "UserAdd",
        "UserList",
        "UserDelete",
        "UserChangePassword",
        "UserGrantRole",
        "UserRevokeRole",
        "RoleAdd",
        "RoleList",
        "RoleDelete",
        "RoleGrantPermission",
        "RoleRevokePermission");
    // Made of calls of KV and Lease, on behalf of the same caller.
    all("v3lockpb.Lock", Rule.BY_REQUEST, "Lock", "Unlock");
    all(
        "v3electionpb.Election",
        Rule.BY_REQUEST,
        "Campaign",
        "Proclaim",
        "Leader",
        "Observe",
        "Resign");
    all("grpc.health.v1.Health", Rule.FREE, "Check", "List", "Watch");
  }

  private RpcRules() {}

  private static void all(String service, Rule rule, String... methods) {
    for (String method : methods) {
      RULES.put(service + "/" + method, rule);
    }
  }

  /** The rule for {@code fullMethodName}; null if there is none. */
  static @Nullable Rule of(String fullMethodName) {
    return RULES.get(fullMethodName);
  }

  /** What a call takes before its first message was read; free if that is for others to say. */
  static Access before(Rule rule) {
    return switch (rule) {
      case FREE, BY_REQUEST -> FREE;
      case ANY_USER, ALARM -> ANY_USER;
      case ADMINISTER -> ADMINISTER;
    };
  }

  /** What a call takes to go on with {@code message}, beside what {@link #before} said. */
  static Access with(Rule rule, Object message) {
    return switch (rule) {
      case FREE, BY_REQUEST, ANY_USER, ADMINISTER -> FREE;
      case ALARM -> isLook(message) ? FREE : ADMINISTER;
    };
  }

  private static boolean isLook(Object message) {
    try {
      AlarmRequest request = switch (message) {
        case AlarmRequest typed -> typed;
        case Inbound bytes -> AlarmRequest.parseFrom(bytes.bytes());
        default -> null;
      };
      return request != null && request.getActionValue() == AlarmRequest.AlarmAction.GET_VALUE;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }
}
