package dev.kvorum.grpc.gateway;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which method is called at which path. Methods that are not here can be called by gRPC only. */
final class GatewayPaths {
  private static final Map<String, List<String>> BY_METHOD = new TreeMap<>();

  static {
    kv();
    lease();
    cluster();
    maintenance();
    auth();
    put("etcdserverpb.Watch/Watch", "/v3/watch");
    put("v3lockpb.Lock/Lock", "/v3/lock/lock");
    put("v3lockpb.Lock/Unlock", "/v3/lock/unlock");
    put("v3electionpb.Election/Campaign", "/v3/election/campaign");
    put("v3electionpb.Election/Proclaim", "/v3/election/proclaim");
    put("v3electionpb.Election/Leader", "/v3/election/leader");
    put("v3electionpb.Election/Observe", "/v3/election/observe");
    put("v3electionpb.Election/Resign", "/v3/election/resign");
  }

  private GatewayPaths() {}

  /** The paths of a method, by its full name; none if it has none. */
  static List<String> of(String method) {
    return BY_METHOD.getOrDefault(method, List.of());
  }

  /** All of them, by full method name. */
  static Map<String, List<String>> all() {
    return Map.copyOf(BY_METHOD);
  }

  private static void kv() {
    put("etcdserverpb.KV/Range", "/v3/kv/range");
    put("etcdserverpb.KV/Put", "/v3/kv/put");
    put("etcdserverpb.KV/DeleteRange", "/v3/kv/deleterange");
    put("etcdserverpb.KV/Txn", "/v3/kv/txn");
    put("etcdserverpb.KV/Compact", "/v3/kv/compaction");
  }

  private static void lease() {
    put("etcdserverpb.Lease/LeaseGrant", "/v3/lease/grant");
    put("etcdserverpb.Lease/LeaseRevoke", "/v3/lease/revoke", "/v3/kv/lease/revoke");
    put("etcdserverpb.Lease/LeaseKeepAlive", "/v3/lease/keepalive");
    put("etcdserverpb.Lease/LeaseTimeToLive", "/v3/lease/timetolive", "/v3/kv/lease/timetolive");
    put("etcdserverpb.Lease/LeaseLeases", "/v3/lease/leases", "/v3/kv/lease/leases");
  }

  private static void cluster() {
    put("etcdserverpb.Cluster/MemberAdd", "/v3/cluster/member/add");
    put("etcdserverpb.Cluster/MemberRemove", "/v3/cluster/member/remove");
    put("etcdserverpb.Cluster/MemberUpdate", "/v3/cluster/member/update");
    put("etcdserverpb.Cluster/MemberList", "/v3/cluster/member/list");
    put("etcdserverpb.Cluster/MemberPromote", "/v3/cluster/member/promote");
  }

  private static void maintenance() {
    put("etcdserverpb.Maintenance/Alarm", "/v3/maintenance/alarm");
    put("etcdserverpb.Maintenance/Status", "/v3/maintenance/status");
    put("etcdserverpb.Maintenance/Defragment", "/v3/maintenance/defragment");
    put("etcdserverpb.Maintenance/Hash", "/v3/maintenance/hash");
    put("etcdserverpb.Maintenance/HashKV", "/v3/maintenance/hashkv");
    put("etcdserverpb.Maintenance/Snapshot", "/v3/maintenance/snapshot");
    put("etcdserverpb.Maintenance/MoveLeader", "/v3/maintenance/transfer-leadership");
    put("etcdserverpb.Maintenance/Downgrade", "/v3/maintenance/downgrade");
  }

  private static void auth() {
    put("etcdserverpb.Auth/AuthEnable", "/v3/auth/enable");
    put("etcdserverpb.Auth/AuthDisable", "/v3/auth/disable");
    put("etcdserverpb.Auth/AuthStatus", "/v3/auth/status");
    put("etcdserverpb.Auth/Authenticate", "/v3/auth/authenticate");
    put("etcdserverpb.Auth/UserAdd", "/v3/auth/user/add");
    put("etcdserverpb.Auth/UserGet", "/v3/auth/user/get");
    put("etcdserverpb.Auth/UserList", "/v3/auth/user/list");
    put("etcdserverpb.Auth/UserDelete", "/v3/auth/user/delete");
    put("etcdserverpb.Auth/UserChangePassword", "/v3/auth/user/changepw");
    put("etcdserverpb.Auth/UserGrantRole", "/v3/auth/user/grant");
    put("etcdserverpb.Auth/UserRevokeRole", "/v3/auth/user/revoke");
    put("etcdserverpb.Auth/RoleAdd", "/v3/auth/role/add");
    put("etcdserverpb.Auth/RoleGet", "/v3/auth/role/get");
    put("etcdserverpb.Auth/RoleList", "/v3/auth/role/list");
    put("etcdserverpb.Auth/RoleDelete", "/v3/auth/role/delete");
    put("etcdserverpb.Auth/RoleGrantPermission", "/v3/auth/role/grant");
    put("etcdserverpb.Auth/RoleRevokePermission", "/v3/auth/role/revoke");
  }

  private static void put(String method, String... paths) {
    BY_METHOD.put(method, List.of(paths));
  }
}
