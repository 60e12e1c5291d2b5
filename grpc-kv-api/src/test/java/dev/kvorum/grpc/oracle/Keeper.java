package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AuthDisableRequest;
import dev.kvorum.proto.etcd.AuthDisableResponse;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthEnableResponse;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleDeleteRequest;
import dev.kvorum.proto.etcd.AuthRoleGetRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthRoleListRequest;
import dev.kvorum.proto.etcd.AuthRoleListResponse;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.proto.etcd.AuthStatusRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserDeleteRequest;
import dev.kvorum.proto.etcd.AuthUserGetRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthUserListRequest;
import dev.kvorum.proto.etcd.AuthUserListResponse;
import dev.kvorum.proto.etcd.AuthUserRevokeRoleRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import java.util.List;

/**
 * The user who may do everything and whom no step touches, so that a duel can always look around and clean up, however
 * authentication was left. Confined to the duel's thread.
 */
final class Keeper {
  private static final String NAME = "keeper";
  private static final Who WHO = new Who(NAME, 0, Who.Form.TOKEN);

  private final Duel duel;
  private boolean enabled;

  Keeper(Duel duel) {
    this.duel = duel;
  }

  /** In whose name everything is allowed now. */
  Who who() {
    return enabled ? WHO : Who.NOBODY;
  }

  From from() {
    return new From(0, who(), false);
  }

  /** Whether watchers may lose what they see by this request, which etcd does not mind and we do. */
  static boolean mayRevoke(Message request) {
    return request instanceof AuthEnableRequest
        || request instanceof AuthUserDeleteRequest
        || request instanceof AuthUserRevokeRoleRequest
        || request instanceof AuthRoleDeleteRequest
        || request instanceof AuthRoleGrantPermissionRequest
        || request instanceof AuthRoleRevokePermissionRequest;
  }

  /** To be called before a request. */
  void before(Message request) {
    if (request instanceof AuthEnableRequest && !enabled) {
      duel.unary(
          from(),
          AuthGrpc.getRoleAddMethod(),
          AuthRoleAddRequest.newBuilder().setName("root").build());
      duel.unary(
          from(),
          AuthGrpc.getUserAddMethod(),
          AuthUserAddRequest.newBuilder().setName(NAME).setPassword(NAME).build());
      duel.unary(
          from(),
          AuthGrpc.getUserGrantRoleMethod(),
          AuthUserGrantRoleRequest.newBuilder().setUser(NAME).setRole("root").build());
    }
  }

  /** To be called after a request with its answer. */
  void after(Answer answer) {
    if (!(answer instanceof Answer.Reply reply)) {
      return;
    }
    if (reply.message() instanceof AuthEnableResponse && !enabled) {
      enabled = true;
      login();
      duel.oracle().readHistoryAs(WHO);
      duel.subject().readHistoryAs(WHO);
    } else if (reply.message() instanceof AuthDisableResponse) {
      enabled = false;
    }
  }

  /** After a restart nobody has a token any more. */
  void login() {
    if (enabled) {
      duel.unary(
          From.client(0),
          AuthGrpc.getAuthenticateMethod(),
          AuthenticateRequest.newBuilder().setName(NAME).setPassword(NAME).build());
    }
  }

  /** Compares all users and roles. */
  void lookAround() {
    duel.unary(from(), AuthGrpc.getAuthStatusMethod(), AuthStatusRequest.getDefaultInstance());
    for (String user : users()) {
      duel.unary(
          from(),
          AuthGrpc.getUserGetMethod(),
          AuthUserGetRequest.newBuilder().setName(user).build());
    }
    for (String role : roles()) {
      duel.unary(
          from(),
          AuthGrpc.getRoleGetMethod(),
          AuthRoleGetRequest.newBuilder().setRole(role).build());
    }
  }

  /** Turns authentication off, and removes all users and roles. */
  void clear() {
    if (enabled) {
      duel.unary(from(), AuthGrpc.getAuthDisableMethod(), AuthDisableRequest.getDefaultInstance());
    }
    for (String user : users()) {
      duel.unary(
          from(),
          AuthGrpc.getUserDeleteMethod(),
          AuthUserDeleteRequest.newBuilder().setName(user).build());
    }
    for (String role : roles()) {
      duel.unary(
          from(),
          AuthGrpc.getRoleDeleteMethod(),
          AuthRoleDeleteRequest.newBuilder().setRole(role).build());
    }
  }

  private List<String> users() {
    Answer answer =
        duel.unary(from(), AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
    return answer instanceof Answer.Reply reply
            && reply.message() instanceof AuthUserListResponse list
        ? list.getUsersList()
        : List.of();
  }

  private List<String> roles() {
    Answer answer =
        duel.unary(from(), AuthGrpc.getRoleListMethod(), AuthRoleListRequest.getDefaultInstance());
    return answer instanceof Answer.Reply reply
            && reply.message() instanceof AuthRoleListResponse list
        ? list.getRolesList()
        : List.of();
  }
}
