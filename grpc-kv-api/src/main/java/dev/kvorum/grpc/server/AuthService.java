package dev.kvorum.grpc.server;

import com.google.protobuf.Parser;
import dev.kvorum.grpc.wire.AuthRequests;
import dev.kvorum.grpc.wire.AuthRequests.Credentials;
import dev.kvorum.grpc.wire.AuthResponses;
import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.KvResponses;
import dev.kvorum.proto.etcd.AuthDisableRequest;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleDeleteRequest;
import dev.kvorum.proto.etcd.AuthRoleGetRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthRoleListRequest;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.proto.etcd.AuthStatusRequest;
import dev.kvorum.proto.etcd.AuthUserDeleteRequest;
import dev.kvorum.proto.etcd.AuthUserGetRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthUserListRequest;
import dev.kvorum.proto.etcd.AuthUserRevokeRoleRequest;
import dev.kvorum.store.AuthChange;
import dev.kvorum.store.AuthStore;
import dev.kvorum.store.AuthStore.Listing;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.Permission;
import dev.kvorum.store.StoreException;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** {@code etcdserverpb.Auth}. Who may call what was decided before a call comes here. */
final class AuthService {
  private final KvStore store;
  private final AuthStore auth;
  private final AuthResponses responses;
  private final KvResponses headers;

  AuthService(KvStore store) {
    this.store = store;
    this.auth = store.auth();
    this.responses = new AuthResponses(store.identity());
    this.headers = new KvResponses(store.identity());
  }

  ServerServiceDefinition bind(ServiceBuilder service) {
    return service
        .unary(
            AuthGrpc.getAuthEnableMethod(),
            change(AuthEnableRequest.parser(), request -> new AuthChange.Enable()))
        .unary(
            AuthGrpc.getAuthDisableMethod(),
            change(AuthDisableRequest.parser(), request -> new AuthChange.Disable()))
        .unary(AuthGrpc.getAuthStatusMethod(), status())
        .unary(AuthGrpc.getAuthenticateMethod(), authenticate())
        .unary(AuthGrpc.getUserAddMethod(), userAdd())
        .unary(AuthGrpc.getUserGetMethod(), userGet())
        .unary(AuthGrpc.getUserListMethod(), userList())
        .unary(
            AuthGrpc.getUserDeleteMethod(),
            change(
                AuthUserDeleteRequest.parser(),
                request -> new AuthChange.DeleteUser(request.getName())))
        .unary(AuthGrpc.getUserChangePasswordMethod(), userChangePassword())
        .unary(
            AuthGrpc.getUserGrantRoleMethod(),
            change(
                AuthUserGrantRoleRequest.parser(),
                request -> new AuthChange.GrantRole(request.getUser(), request.getRole())))
        .unary(
            AuthGrpc.getUserRevokeRoleMethod(),
            change(
                AuthUserRevokeRoleRequest.parser(),
                request -> new AuthChange.RevokeRole(request.getName(), request.getRole())))
        .unary(
            AuthGrpc.getRoleAddMethod(),
            change(
                AuthRoleAddRequest.parser(), request -> new AuthChange.AddRole(request.getName())))
        .unary(AuthGrpc.getRoleGetMethod(), roleGet())
        .unary(AuthGrpc.getRoleListMethod(), roleList())
        .unary(
            AuthGrpc.getRoleDeleteMethod(),
            change(
                AuthRoleDeleteRequest.parser(),
                request -> new AuthChange.DeleteRole(request.getRole())))
        .unary(
            AuthGrpc.getRoleGrantPermissionMethod(),
            change(AuthRoleGrantPermissionRequest.parser(), AuthRequests::grantPermission))
        .unary(
            AuthGrpc.getRoleRevokePermissionMethod(),
            change(AuthRoleRevokePermissionRequest.parser(), AuthRequests::revokePermission))
        .build();
  }

  /** Says what a request wants changed. */
  private interface Change<M> {
    AuthChange of(M request) throws InvalidRequest;
  }

  private <M> UnaryMethod<Long> change(Parser<M> parser, Change<M> change) {
    return changed(
        (message, context) -> auth.change(change.of(Parsed.message(parser, message)), context));
  }

  private UnaryMethod<Long> changed(UnaryMethod.Start<Long> start) {
    return new UnaryMethod<>(start, revision -> headers.headerOnly(revision, store.term()));
  }

  private UnaryMethod<?> status() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(AuthStatusRequest.parser(), message);
          return auth.status(context);
        },
        status -> responses.status(status, store.term()));
  }

  private UnaryMethod<?> authenticate() {
    return new UnaryMethod<>(
        (message, context) -> {
          Credentials credentials = AuthRequests.authenticate(message);
          return auth.authenticate(credentials.name(), credentials.password(), context);
        },
        issued -> responses.authenticated(issued, store.term()));
  }

  private UnaryMethod<Long> userAdd() {
    return changed((message, context) -> {
      Credentials credentials = AuthRequests.userAdd(message);
      String name = credentials.name();
      if (name.isEmpty()) {
        credentials.password().close();
        throw StoreException.of(StoreException.Kind.USER_EMPTY);
      }
      if (credentials.noPassword()) {
        credentials.password().close();
        return auth.change(new AuthChange.AddUser(name, Bytes.EMPTY, true), context);
      }
      return hashed(credentials, context, hash -> new AuthChange.AddUser(name, hash, false));
    });
  }

  private UnaryMethod<Long> userChangePassword() {
    return changed((message, context) -> {
      Credentials credentials = AuthRequests.changePassword(message);
      String name = credentials.name();
      if (credentials.password().length() == 0 && credentials.hash().isEmpty()) {
        credentials.password().close();
        return auth.change(new AuthChange.ChangePassword(name, Bytes.EMPTY), context);
      }
      return hashed(credentials, context, hash -> new AuthChange.ChangePassword(name, hash));
    });
  }

  /** A change with the hash that was sent, if one was and no password, else with one that is made now. */
  private CompletableFuture<Long> hashed(
      Credentials credentials, CallContext context, Function<Bytes, AuthChange> change) {
    if (credentials.password().length() == 0 && !credentials.hash().isEmpty()) {
      credentials.password().close();
      return auth.change(change.apply(credentials.hash()), context);
    }
    return auth.hash(credentials.password(), context)
        .thenCompose(hash -> auth.change(change.apply(hash), context));
  }

  private UnaryMethod<?> userGet() {
    return new UnaryMethod<>(
        (message, context) -> {
          AuthUserGetRequest request = Parsed.message(AuthUserGetRequest.parser(), message);
          return auth.rolesOf(request.getName(), context);
        },
        roles -> responses.rolesOf(roles, store.term()));
  }

  private UnaryMethod<?> userList() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(AuthUserListRequest.parser(), message);
          return auth.users(context);
        },
        users -> responses.users(users, store.term()));
  }

  /** A role's name goes along, because its answer depends on it. */
  private record Shown(String role, Listing<Permission> permissions) {}

  private UnaryMethod<?> roleGet() {
    return new UnaryMethod<Shown>(
        (message, context) -> {
          String role = Parsed.message(AuthRoleGetRequest.parser(), message).getRole();
          return auth.permissionsOf(role, context)
              .thenApply(permissions -> new Shown(role, permissions));
        },
        shown -> responses.permissionsOf(shown.role(), shown.permissions(), store.term()));
  }

  private UnaryMethod<?> roleList() {
    return new UnaryMethod<>(
        (message, context) -> {
          Parsed.message(AuthRoleListRequest.parser(), message);
          return auth.roles(context);
        },
        roles -> responses.roles(roles, store.term()));
  }
}
