package dev.kvorum.grpc.wire;

import com.google.protobuf.UnsafeByteOperations;
import dev.kvorum.proto.etcd.AuthRoleGetResponse;
import dev.kvorum.proto.etcd.AuthRoleListResponse;
import dev.kvorum.proto.etcd.AuthStatusResponse;
import dev.kvorum.proto.etcd.AuthUserGetResponse;
import dev.kvorum.proto.etcd.AuthUserListResponse;
import dev.kvorum.proto.etcd.AuthenticateResponse;
import dev.kvorum.store.AuthStore.AuthStatus;
import dev.kvorum.store.AuthStore.IssuedToken;
import dev.kvorum.store.AuthStore.Listing;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import dev.kvorum.store.StoreIdentity;
import java.util.List;

/** Writes the responses of the Auth service. Thread-safe. */
public final class AuthResponses {
  private static final String ROOT = "root";

  /** What the role {@code root} shows, whatever was granted to it. */
  private static final Permission EVERYTHING =
      new Permission(Permission.Type.READ_WRITE, new KeyRange(Bytes.EMPTY, Bytes.ZERO));

  private final HeaderEncoder header;

  /** Writes responses of the member {@code identity}. */
  public AuthResponses(StoreIdentity identity) {
    this.header = new HeaderEncoder(identity);
  }

  /** Whether authentication is on. */
  public Splice status(AuthStatus status, long term) {
    return Splice.of(AuthStatusResponse.newBuilder()
        .setHeader(header.message(status.revision(), term))
        .setEnabled(status.enabled())
        .setAuthRevision(status.authRevision())
        .build()
        .toByteArray());
  }

  /** The token. */
  public Splice authenticated(IssuedToken issued, long term) {
    return Splice.of(AuthenticateResponse.newBuilder()
        .setHeader(header.message(issued.revision(), term))
        .setToken(issued.token())
        .build()
        .toByteArray());
  }

  /** The roles of a user. */
  public Splice rolesOf(Listing<String> roles, long term) {
    return Splice.of(AuthUserGetResponse.newBuilder()
        .setHeader(header.message(roles.revision(), term))
        .addAllRoles(roles.items())
        .build()
        .toByteArray());
  }

  /** What a role allows. */
  public Splice permissionsOf(String role, Listing<Permission> permissions, long term) {
    AuthRoleGetResponse.Builder response =
        AuthRoleGetResponse.newBuilder().setHeader(header.message(permissions.revision(), term));
    List<Permission> shown = role.equals(ROOT) ? List.of(EVERYTHING) : permissions.items();
    for (Permission permission : shown) {
      response.addPerm(dev.kvorum.proto.etcd.Permission.newBuilder()
          .setPermType(
              switch (permission.type()) {
                case READ -> dev.kvorum.proto.etcd.Permission.Type.READ;
                case WRITE -> dev.kvorum.proto.etcd.Permission.Type.WRITE;
                case READ_WRITE -> dev.kvorum.proto.etcd.Permission.Type.READWRITE;
              })
          .setKey(UnsafeByteOperations.unsafeWrap(permission.range().key().sharedArray()))
          .setRangeEnd(
              UnsafeByteOperations.unsafeWrap(permission.range().rangeEnd().sharedArray())));
    }
    return Splice.of(response.build().toByteArray());
  }

  /** The names of all users. */
  public Splice users(Listing<String> users, long term) {
    return Splice.of(AuthUserListResponse.newBuilder()
        .setHeader(header.message(users.revision(), term))
        .addAllUsers(users.items())
        .build()
        .toByteArray());
  }

  /** The names of all roles. */
  public Splice roles(Listing<String> roles, long term) {
    return Splice.of(AuthRoleListResponse.newBuilder()
        .setHeader(header.message(roles.revision(), term))
        .addAllRoles(roles.items())
        .build()
        .toByteArray());
  }
}
