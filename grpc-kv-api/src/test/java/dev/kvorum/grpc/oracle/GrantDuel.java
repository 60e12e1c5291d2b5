package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleGetRequest;
import dev.kvorum.proto.etcd.AuthRoleGetResponse;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.proto.etcd.Permission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What a role holds after a grant on both servers.
 *
 * <p>etcd replaces the first permission on a key only: what is granted again on a later range of the same key is added
 * beside what was there. And it sorts the permissions of a role in a way that keeps those on one key in order for no more
 * than twelve. Where that shows, everything on the keys concerned is revoked again, so that nothing follows from it.
 */
final class GrantDuel {
  /** Go's sort is stable up to this length. */
  private static final int KEPT_UP_TO = 12;

  private static final Comparator<Permission> BY_RANGE = Comparator.comparing(
          Permission::getKey, Keys.ORDER)
      .thenComparing(Permission::getRangeEnd, Keys.ORDER);

  private record Range(ByteString key, ByteString end) {
    static Range of(Permission permission) {
      return new Range(permission.getKey(), permission.getRangeEnd());
    }
  }

  private final Duel duel;
  private final Keeper keeper;

  GrantDuel(Duel duel, Keeper keeper) {
    this.duel = duel;
    this.keeper = keeper;
  }

  /** To be called after a permission was granted. */
  void after(AuthRoleGrantPermissionRequest grant) {
    AuthRoleGetRequest ask =
        AuthRoleGetRequest.newBuilder().setRole(grant.getName()).build();
    CompletableFuture<Answer> ours =
        duel.oracle().call(keeper.from(), AuthGrpc.getRoleGetMethod(), ask);
    CompletableFuture<Answer> theirs =
        duel.subject().call(keeper.from(), AuthGrpc.getRoleGetMethod(), ask);
    List<Permission> oracle = permissions(ours.join());
    List<Permission> subject = permissions(theirs.join());
    if (!oracle.equals(subject) && isKnown(grant.getPerm(), oracle, subject)) {
      forget(grant.getName(), oracle);
    }
    duel.unary(keeper.from(), AuthGrpc.getRoleGetMethod(), ask);
  }

  private boolean isKnown(Permission granted, List<Permission> oracle, List<Permission> subject) {
    List<Permission> once = new ArrayList<>();
    Set<Range> ranges = new HashSet<>();
    for (Permission permission : oracle) {
      if (ranges.add(Range.of(permission))) {
        boolean replaced = Range.of(permission).equals(Range.of(granted));
        once.add(replaced ? granted : permission);
      }
    }
    boolean inAnyOrder = oracle.size() > KEPT_UP_TO;
    if (!(inAnyOrder ? sorted(once).equals(sorted(subject)) : once.equals(subject))) {
      return false;
    }
    duel.known()
        .note(
            once.size() < oracle.size()
                ? KnownDifferences.Entry.GRANTED_BESIDE
                : KnownDifferences.Entry.PERMISSION_TIES);
    return true;
  }

  /** Revokes all permissions whose key another one has, too. */
  private void forget(String role, List<Permission> permissions) {
    Set<ByteString> keys = new HashSet<>();
    Set<ByteString> shared = new HashSet<>();
    permissions.stream()
        .filter(each -> !keys.add(each.getKey()))
        .forEach(each -> shared.add(each.getKey()));
    Set<Range> ranges = new LinkedHashSet<>();
    permissions.stream()
        .filter(each -> shared.contains(each.getKey()))
        .forEach(each -> ranges.add(Range.of(each)));
    for (Range range : ranges) {
      duel.unary(
          keeper.from(),
          AuthGrpc.getRoleRevokePermissionMethod(),
          AuthRoleRevokePermissionRequest.newBuilder()
              .setRole(role)
              .setKey(range.key())
              .setRangeEnd(range.end())
              .build());
    }
  }

  private static List<Permission> sorted(List<Permission> permissions) {
    return permissions.stream().sorted(BY_RANGE).toList();
  }

  private static List<Permission> permissions(Answer answer) {
    return answer.plain() instanceof Answer.Reply reply
            && reply.message() instanceof AuthRoleGetResponse role
        ? role.getPermList()
        : List.of();
  }
}
