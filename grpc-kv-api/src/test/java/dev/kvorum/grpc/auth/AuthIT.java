package dev.kvorum.grpc.auth;

import static dev.kvorum.grpc.auth.Member.bytes;
import static dev.kvorum.grpc.auth.Member.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AuthDisableRequest;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleDeleteRequest;
import dev.kvorum.proto.etcd.AuthRoleGetRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthRoleListRequest;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.proto.etcd.AuthStatusRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserChangePasswordRequest;
import dev.kvorum.proto.etcd.AuthUserDeleteRequest;
import dev.kvorum.proto.etcd.AuthUserGetRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthUserListRequest;
import dev.kvorum.proto.etcd.AuthUserRevokeRoleRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.StatusRequest;
import dev.kvorum.proto.etcd.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** The Auth service and what it does to the others, in etcd's words. */
class AuthIT {
  private static final String USER_EMPTY = "INVALID_ARGUMENT etcdserver: user name is empty";
  private static final String DENIED = "PERMISSION_DENIED etcdserver: permission denied";
  private static final String BAD_TOKEN = "UNAUTHENTICATED etcdserver: invalid auth token";
  private static final String BAD_MANAGEMENT =
      "INVALID_ARGUMENT etcdserver: invalid auth management";

  @TempDir
  private Path home;

  private Member member;

  @BeforeEach
  void start() throws Exception {
    member = Member.start(home);
  }

  @AfterEach
  void stop() {
    member.close();
  }

  @Test
  void usersAndRolesAreKeptInOrderAndRefusedInEtcdsWords() {
    var auth = member.nobody().auth();
    assertThat(outcome(() -> auth.userAdd(user("", "pw")))).isEqualTo(USER_EMPTY);
    auth.userAdd(user("b", "pw"));
    auth.userAdd(user("a", "pw"));
    assertThat(outcome(() -> auth.userAdd(user("a", "other"))))
        .isEqualTo("FAILED_PRECONDITION etcdserver: user name already exists");
    assertThat(auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersList())
        .containsExactly("a", "b");
    assertThat(outcome(() -> auth.roleAdd(role(""))))
        .isEqualTo("INVALID_ARGUMENT etcdserver: role name is empty");
    auth.roleAdd(role("r"));
    auth.roleAdd(role("q"));
    assertThat(outcome(() -> auth.roleAdd(role("r"))))
        .isEqualTo("FAILED_PRECONDITION etcdserver: role name already exists");
    assertThat(auth.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList())
        .containsExactly("q", "r");
    assertThat(outcome(() -> auth.userGrantRole(grant("nobody", "r"))))
        .isEqualTo("FAILED_PRECONDITION etcdserver: user name not found");
    assertThat(outcome(() -> auth.userGrantRole(grant("a", "none"))))
        .isEqualTo("FAILED_PRECONDITION etcdserver: role name not found");
    auth.userGrantRole(grant("a", "r"));
    auth.userGrantRole(grant("a", "q"));
    auth.userGrantRole(grant("a", "r")); // again is no error
    assertThat(
            auth.userGet(AuthUserGetRequest.newBuilder().setName("a").build()).getRolesList())
        .containsExactly("q", "r");
    assertThat(outcome(
            () -> auth.userGet(AuthUserGetRequest.newBuilder().setName("nobody").build())))
        .isEqualTo("FAILED_PRECONDITION etcdserver: user name not found");
    assertThat(outcome(() -> auth.userRevokeRole(revoke("b", "r"))))
        .isEqualTo("FAILED_PRECONDITION etcdserver: role is not granted to the user");
    auth.roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("q").build());
    assertThat(
            auth.userGet(AuthUserGetRequest.newBuilder().setName("a").build()).getRolesList())
        .containsExactly("r");
    auth.userDelete(AuthUserDeleteRequest.newBuilder().setName("b").build());
    assertThat(outcome(() ->
            auth.userDelete(AuthUserDeleteRequest.newBuilder().setName("b").build())))
        .isEqualTo("FAILED_PRECONDITION etcdserver: user name not found");
  }

  @Test
  void permissionsAreReplacedByRangeAndListedByKey() {
    var auth = member.nobody().auth();
    auth.roleAdd(role("r"));
    assertThat(outcome(() -> auth.roleGrantPermission(
            AuthRoleGrantPermissionRequest.newBuilder().setName("r").build())))
        .isEqualTo("INVALID_ARGUMENT etcdserver: permission not given");
    assertThat(outcome(() -> auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
            .setName("r")
            .setPerm(Permission.newBuilder().setPermTypeValue(7).setKey(bytes("a")))
            .build())))
        .isEqualTo(BAD_MANAGEMENT);
    var as = member.nobody();
    assertThat(outcome(() -> as.grant("r", Permission.Type.READ, "", "")))
        .isEqualTo(BAD_MANAGEMENT);
    assertThat(outcome(() -> as.grant("r", Permission.Type.READ, "z", "a")))
        .isEqualTo(BAD_MANAGEMENT);
    assertThat(outcome(() -> as.grant("none", Permission.Type.READ, "a", "")))
        .isEqualTo("FAILED_PRECONDITION etcdserver: role name not found");
    as.grant("r", Permission.Type.READ, "k", "m");
    as.grant("r", Permission.Type.READ, "a", "\0");
    as.grant("r", Permission.Type.READWRITE, "k", "m");
    var permissions =
        auth.roleGet(AuthRoleGetRequest.newBuilder().setRole("r").build()).getPermList();
    assertThat(permissions).hasSize(2);
    assertThat(permissions.get(0).getKey()).isEqualTo(bytes("a"));
    assertThat(permissions.get(0).getRangeEnd()).isEqualTo(bytes("\0"));
    assertThat(permissions.get(1).getPermType()).isEqualTo(Permission.Type.READWRITE);
    assertThat(outcome(() -> auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
            .setRole("r")
            .setKey(bytes("k"))
            .build())))
        .isEqualTo("FAILED_PRECONDITION etcdserver: permission is not granted to the role");
    auth.roleAdd(role("root"));
    var root = auth.roleGet(AuthRoleGetRequest.newBuilder().setRole("root").build());
    assertThat(root.getPerm(0).getKey().isEmpty()).isTrue();
    assertThat(root.getPerm(0).getRangeEnd()).isEqualTo(bytes("\0"));
  }

  @Test
  void enablingNeedsRootWhoNeedsHisRole() {
    var auth = member.nobody().auth();
    assertThat(outcome(() -> auth.authEnable(AuthEnableRequest.getDefaultInstance())))
        .isEqualTo("FAILED_PRECONDITION etcdserver: root user does not exist");
    auth.userAdd(user("root", "pw"));
    assertThat(outcome(() -> auth.authEnable(AuthEnableRequest.getDefaultInstance())))
        .isEqualTo("FAILED_PRECONDITION etcdserver: root user does not have root role");
    auth.userGrantRole(grant("root", "root")); // the role itself need not exist
    long before = auth.authStatus(AuthStatusRequest.getDefaultInstance()).getAuthRevision();
    auth.authEnable(AuthEnableRequest.getDefaultInstance());
    var root = member.login("root", "pw");
    root.auth().authEnable(AuthEnableRequest.getDefaultInstance()); // again is no error
    var status = auth.authStatus(AuthStatusRequest.getDefaultInstance());
    assertThat(status.getEnabled()).isTrue();
    assertThat(status.getAuthRevision()).isEqualTo(before);
    root.auth().authDisable(AuthDisableRequest.getDefaultInstance());
    assertThat(auth.authStatus(AuthStatusRequest.getDefaultInstance()).getAuthRevision())
        .isEqualTo(before + 1);
  }

  @Test
  void whoSaysNothingGetsNothing() {
    member.enable();
    var nobody = member.nobody();
    assertThat(outcome(() -> nobody.kv().range(get("a")))).isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.kv().put(put("a")))).isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.kv().compact(CompactionRequest.getDefaultInstance())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.maintenance().status(StatusRequest.getDefaultInstance())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.maintenance().alarm(AlarmRequest.getDefaultInstance())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.cluster().memberList(MemberListRequest.getDefaultInstance())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() ->
            nobody.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.auth().userList(AuthUserListRequest.getDefaultInstance())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.kv().txn(TxnRequest.getDefaultInstance())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody
            .auth()
            .userGet(AuthUserGetRequest.newBuilder().setName("root").build())))
        .isEqualTo(USER_EMPTY);
    assertThat(outcome(() -> nobody.auth().userGet(AuthUserGetRequest.getDefaultInstance())))
        .isEqualTo("FAILED_PRECONDITION etcdserver: user name not found");
    assertThat(member.revision()).isEqualTo(1);
  }

  @Test
  void aTokenThatNobodyIssuedIsRefusedAndIgnoredWhileAuthenticationIsOff() {
    var stranger = member.with("abcdefghijklmnop.7");
    assertThat(outcome(() -> stranger.kv().range(get("a")))).isEqualTo("OK");
    member.enable();
    assertThat(outcome(() -> stranger.kv().range(get("a")))).isEqualTo(BAD_TOKEN);
    assertThat(outcome(() -> stranger.kv().put(put("a")))).isEqualTo(BAD_TOKEN);
    for (String text : new String[] {
      "",
      "x",
      "abcdefghijklmnop.",
      "abcdefghijklmnop.-1",
      "a.b.c",
      "abcdefghijklmnop.99999999999999999999",
      "abcdefghijklmnop.9223372036854775807"
    }) {
      assertThat(outcome(() -> member.with(text).kv().range(get("a")))).isEqualTo(BAD_TOKEN);
    }
  }

  @Test
  void aTokenIsTakenFromEitherHeader() {
    member.enable();
    String token = member.token("root", "secret");
    assertThat(token).matches("[a-zA-Z]{16}\\.[0-9]+");
    assertThat(outcome(() -> member.header("authorization", token).kv().range(get("a"))))
        .isEqualTo("OK");
    assertThat(
            outcome(() -> member.header("authorization", "Bearer " + token).kv().range(get("a"))))
        .isEqualTo("OK");
    assertThat(outcome(() -> member.header("token", "Bearer " + token).kv().range(get("a"))))
        .isEqualTo("OK");
  }

  @Test
  void loggingInTakesTheRightPassword() {
    var nobody = member.nobody().auth();
    assertThat(outcome(() -> nobody.authenticate(login("root", "secret"))))
        .isEqualTo("FAILED_PRECONDITION etcdserver: authentication is not enabled");
    var root = member.enable();
    root.addUserWithoutPassword("cert");
    root.auth().userAdd(user("blank", ""));
    String failed =
        "INVALID_ARGUMENT etcdserver: authentication failed, invalid user ID or password";
    assertThat(outcome(() -> nobody.authenticate(login("root", "wrong")))).isEqualTo(failed);
    assertThat(outcome(() -> nobody.authenticate(login("nobody", "secret")))).isEqualTo(failed);
    assertThat(outcome(() -> nobody.authenticate(login("", "")))).isEqualTo(failed);
    assertThat(outcome(() -> nobody.authenticate(login("blank", "")))).isEqualTo(failed);
    assertThat(outcome(() -> nobody.authenticate(login("root", "x".repeat(100)))))
        .isEqualTo(failed);
    assertThat(outcome(() -> nobody.authenticate(login("cert", "any"))))
        .isEqualTo("UNKNOWN auth: authentication failed, password was given for no password user");
    assertThat(outcome(() -> root.auth().userAdd(user("long", "x".repeat(73)))))
        .isEqualTo("UNKNOWN bcrypt: password length exceeds 72 bytes");
  }

  @Test
  void aHashMadeElsewhereIsTaken() {
    var root = member.enable();
    String hash = Base64.getEncoder()
        .encodeToString(
            BCrypt.hashpw("elsewhere", BCrypt.gensalt(4)).getBytes(StandardCharsets.UTF_8));
    root.auth()
        .userAdd(
            AuthUserAddRequest.newBuilder().setName("a").setHashedPassword(hash).build());
    assertThat(outcome(() -> member.login("a", "elsewhere"))).isEqualTo("OK");
    root.addUser("b");
    root.auth()
        .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
            .setName("b")
            .setHashedPassword(hash)
            .build());
    assertThat(outcome(() -> member.login("b", "elsewhere"))).isEqualTo("OK");
    assertThat(outcome(() -> root.auth()
            .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                .setName("b")
                .setHashedPassword("not base64!")
                .build())))
        .isEqualTo("UNKNOWN auth: authentication failed, password was given for no password user");
  }

  @Test
  void tokensEndWithThePasswordTheUserOrAuthentication() {
    var root = member.enable();
    root.addUser("alice");
    root.addUser("bob");
    var alice = member.login("alice", "alice");
    var bob = member.login("bob", "bob");
    root.addUser("carol"); // of no concern to anybody's token
    assertThat(outcome(() -> alice.kv().range(get("a")))).isEqualTo(DENIED);
    root.auth()
        .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
            .setName("alice")
            .setPassword("new")
            .build());
    assertThat(outcome(() -> alice.kv().range(get("a")))).isEqualTo(BAD_TOKEN);
    root.auth().userDelete(AuthUserDeleteRequest.newBuilder().setName("bob").build());
    assertThat(outcome(() -> bob.kv().range(get("a")))).isEqualTo(BAD_TOKEN);
    root.auth().authDisable(AuthDisableRequest.getDefaultInstance());
    assertThat(outcome(() -> root.kv().range(get("a")))).isEqualTo("OK");
    member.nobody().auth().authEnable(AuthEnableRequest.getDefaultInstance());
    assertThat(outcome(() -> root.kv().range(get("a")))).isEqualTo(BAD_TOKEN);
  }

  @Test
  void rootCannotBeLockedOut() {
    var root = member.enable();
    assertThat(outcome(() -> root.auth()
            .userDelete(AuthUserDeleteRequest.newBuilder().setName("root").build())))
        .isEqualTo(BAD_MANAGEMENT);
    assertThat(outcome(() -> root.auth().userRevokeRole(revoke("root", "root"))))
        .isEqualTo(BAD_MANAGEMENT);
    assertThat(outcome(() -> root.auth()
            .roleDelete(AuthRoleDeleteRequest.newBuilder().setRole("root").build())))
        .isEqualTo(BAD_MANAGEMENT);
  }

  @Test
  void usersReadThemselvesAndTheirRoles() {
    var root = member.enable();
    root.addRole("r");
    root.addRole("q");
    root.addUser("alice", "r");
    var alice = member.login("alice", "alice").auth();
    assertThat(alice
            .userGet(AuthUserGetRequest.newBuilder().setName("alice").build())
            .getRolesList())
        .containsExactly("r");
    assertThat(outcome(
            () -> alice.userGet(AuthUserGetRequest.newBuilder().setName("root").build())))
        .isEqualTo(DENIED);
    assertThat(outcome(
            () -> alice.roleGet(AuthRoleGetRequest.newBuilder().setRole("r").build())))
        .isEqualTo("OK");
    assertThat(outcome(
            () -> alice.roleGet(AuthRoleGetRequest.newBuilder().setRole("q").build())))
        .isEqualTo(DENIED);
    assertThat(outcome(() -> alice.userList(AuthUserListRequest.getDefaultInstance())))
        .isEqualTo(DENIED);
    assertThat(outcome(() -> alice.userAdd(user("x", "x")))).isEqualTo(DENIED);
  }

  @Test
  void theUnionOfGrantsCounts() {
    var root = member.enable();
    root.addRole("left");
    root.addRole("right");
    root.grant("left", Permission.Type.READWRITE, "a", "f");
    root.grant("right", Permission.Type.READ, "f", "m");
    root.addUser("alice", "left", "right");
    var alice = member.login("alice", "alice").kv();
    assertThat(outcome(() -> alice.range(range("b", "k")))).isEqualTo("OK");
    assertThat(outcome(() -> alice.range(range("b", "n")))).isEqualTo(DENIED);
    assertThat(outcome(() -> alice.range(range("b", "\0")))).isEqualTo(DENIED);
    assertThat(outcome(() -> alice.put(put("e")))).isEqualTo("OK");
    assertThat(outcome(() -> alice.put(put("f")))).isEqualTo(DENIED);
    assertThat(outcome(() -> root.kv().range(range("\0", "\0")))).isEqualTo("OK");
  }

  @Test
  void anythingIsKeptOverARestart() throws Exception {
    var root = member.enable();
    root.addRole("r");
    root.grant("r", Permission.Type.READ, "a", "");
    root.addUser("alice", "r");
    long digest = member.store().authDigest();
    member.restart();
    assertThat(member.store().authDigest()).isEqualTo(digest);
    assertThat(outcome(() -> member.nobody().kv().range(get("a")))).isEqualTo(USER_EMPTY);
    var alice = member.login("alice", "alice").kv();
    assertThat(outcome(() -> alice.range(get("a")))).isEqualTo("OK");
    assertThat(outcome(() -> alice.range(get("b")))).isEqualTo(DENIED);
  }

  private static AuthUserAddRequest user(String name, String password) {
    return AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build();
  }

  private static AuthRoleAddRequest role(String name) {
    return AuthRoleAddRequest.newBuilder().setName(name).build();
  }

  private static AuthUserGrantRoleRequest grant(String user, String role) {
    return AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build();
  }

  private static AuthUserRevokeRoleRequest revoke(String user, String role) {
    return AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role).build();
  }

  private static AuthenticateRequest login(String user, String password) {
    return AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
  }

  private static RangeRequest get(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key)).build();
  }

  private static RangeRequest range(String key, String end) {
    return RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)).build();
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).build();
  }
}
