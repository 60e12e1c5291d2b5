package dev.kvorum.store.auth;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.AuthChange.AddRole;
import dev.kvorum.store.AuthChange.AddUser;
import dev.kvorum.store.AuthChange.ChangePassword;
import dev.kvorum.store.AuthChange.DeleteRole;
import dev.kvorum.store.AuthChange.DeleteUser;
import dev.kvorum.store.AuthChange.Disable;
import dev.kvorum.store.AuthChange.Enable;
import dev.kvorum.store.AuthChange.GrantPermission;
import dev.kvorum.store.AuthChange.GrantRole;
import dev.kvorum.store.AuthChange.RevokePermission;
import dev.kvorum.store.AuthChange.RevokeRole;
import dev.kvorum.store.Permission;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The auth state and its rows. One writer, which is the only caller of everything but {@link #view}; readers see what was
 * published last.
 *
 * <p>A change that is refused, or that changes nothing, leaves the revision as it was.
 */
public final class AuthTable {
  private AuthView current;
  private volatile AuthView published;

  /** Reads the state from {@code engine}. */
  public AuthTable(Engine engine) {
    boolean enabled = false;
    long revision = AuthView.FIRST_REVISION;
    TreeMap<String, User> users = new TreeMap<>(AuthView.BY_BYTES);
    TreeMap<String, Role> roles = new TreeMap<>(AuthView.BY_BYTES);
    try (Cursor cursor =
        engine.scan(Family.META, AuthRows.PREFIX, AuthRows.PREFIX_END, ScanKind.BULK)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (AuthRows.isUser(key)) {
          User user = AuthRows.decodeUser(cursor.value());
          users.put(user.name(), user);
        } else if (AuthRows.isRole(key)) {
          Role role = AuthRows.decodeRole(cursor.value());
          roles.put(role.name(), role);
        } else {
          AuthRows.State state = AuthRows.decodeState(cursor.value());
          enabled = state.enabled();
          revision = state.revision();
        }
      }
    }
    current = new AuthView(enabled, revision, users, roles);
    published = current;
  }

  /** The state as published last. Any thread. */
  public AuthView view() {
    return published;
  }

  /** The state with all changes so far. */
  public AuthView current() {
    return current;
  }

  /** Makes all changes so far visible. */
  public void publish() {
    published = current;
  }

  /** Makes a change, or throws why it cannot be. */
  public void apply(AuthChange change, EngineBatch batch) {
    switch (change) {
      case Enable enable -> enable(batch);
      case Disable disable -> disable(batch);
      case AddUser add -> addUser(add, batch);
      case DeleteUser delete -> deleteUser(delete, batch);
      case ChangePassword password -> changePassword(password, batch);
      case GrantRole grant -> grantRole(grant, batch);
      case RevokeRole revoke -> revokeRole(revoke, batch);
      case AddRole add -> addRole(add, batch);
      case DeleteRole delete -> deleteRole(delete, batch);
      case GrantPermission grant -> grantPermission(grant, batch);
      case RevokePermission revoke -> revokePermission(revoke, batch);
    }
  }

  /**
   * Refuses a token for a user whose password was checked with the state of {@code checkedRevision}.
   *
   * @throws StoreException {@code AUTH_OLD_REVISION} if the password was changed since: it has to be checked again
   */
  public void checkIssue(String name, long checkedRevision) {
    if (!current.enabled()) {
      throw refused(Kind.AUTH_NOT_ENABLED);
    }
    User user = current.user(name);
    if (user == null || user.noPassword()) {
      throw refused(Kind.AUTH_FAILED);
    }
    if (user.passwordRevision() > checkedRevision) {
      throw refused(Kind.AUTH_OLD_REVISION);
    }
  }

  private void enable(EngineBatch batch) {
    if (current.enabled()) {
      return;
    }
    User root = current.user(AuthView.ROOT);
    if (root == null) {
      throw refused(Kind.ROOT_USER_NOT_FOUND);
    }
    if (!root.isRoot()) {
      throw refused(Kind.ROOT_ROLE_NOT_GRANTED);
    }
    replace(true, current.revision(), users(), roles(), batch);
  }

  private void disable(EngineBatch batch) {
    if (current.enabled()) {
      replace(false, current.revision() + 1, users(), roles(), batch);
    }
  }

  private void addUser(AddUser add, EngineBatch batch) {
    if (add.name().isEmpty()) {
      throw refused(Kind.USER_EMPTY);
    }
    if (current.user(add.name()) != null) {
      throw refused(Kind.USER_EXISTS);
    }
    put(
        new User(
            add.name(), add.passwordHash(), add.noPassword(), current.revision() + 1, List.of()),
        batch);
  }

  private void deleteUser(DeleteUser delete, EngineBatch batch) {
    if (current.enabled() && delete.name().equals(AuthView.ROOT)) {
      throw refused(Kind.INVALID_AUTH_MANAGEMENT);
    }
    existing(delete.name());
    NavigableMap<String, User> users = users();
    users.remove(delete.name());
    batch.delete(Family.META, AuthRows.userKey(delete.name()));
    replace(current.enabled(), current.revision() + 1, users, roles(), batch);
  }

  private void changePassword(ChangePassword change, EngineBatch batch) {
    User user = existing(change.name());
    put(
        new User(
            user.name(),
            user.noPassword() ? user.passwordHash() : change.passwordHash(),
            user.noPassword(),
            current.revision() + 1,
            user.roles()),
        batch);
  }

  private void grantRole(GrantRole grant, EngineBatch batch) {
    User user = existing(grant.user());
    if (!grant.role().equals(AuthView.ROOT) && current.role(grant.role()) == null) {
      throw refused(Kind.ROLE_NOT_FOUND);
    }
    if (user.roles().contains(grant.role())) {
      return;
    }
    List<String> roles = new ArrayList<>(user.roles());
    roles.add(grant.role());
    roles.sort(AuthView.BY_BYTES);
    put(user.withRoles(roles), batch);
  }

  private void revokeRole(RevokeRole revoke, EngineBatch batch) {
    if (current.enabled()
        && revoke.user().equals(AuthView.ROOT)
        && revoke.role().equals(AuthView.ROOT)) {
      throw refused(Kind.INVALID_AUTH_MANAGEMENT);
    }
    User user = existing(revoke.user());
    if (!user.roles().contains(revoke.role())) {
      throw refused(Kind.ROLE_NOT_GRANTED);
    }
    put(user.withRoles(without(user.roles(), revoke.role())), batch);
  }

  private void addRole(AddRole add, EngineBatch batch) {
    if (add.name().isEmpty()) {
      throw refused(Kind.ROLE_EMPTY);
    }
    if (current.role(add.name()) != null) {
      throw refused(Kind.ROLE_EXISTS);
    }
    put(new Role(add.name(), List.of()), batch);
  }

  private void deleteRole(DeleteRole delete, EngineBatch batch) {
    String name = delete.name();
    if (current.enabled() && name.equals(AuthView.ROOT)) {
      throw refused(Kind.INVALID_AUTH_MANAGEMENT);
    }
    if (current.role(name) == null) {
      throw refused(Kind.ROLE_NOT_FOUND);
    }
    NavigableMap<String, Role> roles = roles();
    roles.remove(name);
    batch.delete(Family.META, AuthRows.roleKey(name));
    NavigableMap<String, User> users = users();
    for (User user : current.users().values()) {
      if (user.roles().contains(name)) {
        User stripped = user.withRoles(without(user.roles(), name));
        users.put(user.name(), stripped);
        batch.put(Family.META, AuthRows.userKey(user.name()), AuthRows.encode(stripped));
      }
    }
    replace(current.enabled(), current.revision() + 1, users, roles, batch);
  }

  private void grantPermission(GrantPermission grant, EngineBatch batch) {
    Permission wanted = grant.permission();
    if (!wanted.isValid()) {
      throw refused(Kind.INVALID_AUTH_MANAGEMENT);
    }
    Role role = current.role(grant.role());
    if (role == null) {
      throw refused(Kind.ROLE_NOT_FOUND);
    }
    put(new Role(role.name(), granted(role.permissions(), wanted)), batch);
  }

  /**
   * The permissions with {@code wanted} in the place of what was granted on its range before, else behind all others on its
   * key. Never beside it: whoever grants less than before means to take the rest away.
   */
  private static List<Permission> granted(List<Permission> before, Permission wanted) {
    List<Permission> permissions = new ArrayList<>(before);
    for (int i = 0; i < permissions.size(); i++) {
      if (permissions.get(i).range().equals(wanted.range())) {
        permissions.set(i, wanted);
        return permissions;
      }
    }
    permissions.add(wanted);
    permissions.sort(Comparator.comparing(permission -> permission.range().key())); // stable
    return permissions;
  }

  private void revokePermission(RevokePermission revoke, EngineBatch batch) {
    Role role = current.role(revoke.role());
    if (role == null) {
      throw refused(Kind.ROLE_NOT_FOUND);
    }
    List<Permission> permissions = new ArrayList<>(role.permissions());
    if (!permissions.removeIf(permission -> permission.range().equals(revoke.range()))) {
      throw refused(Kind.PERMISSION_NOT_GRANTED);
    }
    put(new Role(role.name(), permissions), batch);
  }

  private void put(User user, EngineBatch batch) {
    NavigableMap<String, User> users = users();
    users.put(user.name(), user);
    batch.put(Family.META, AuthRows.userKey(user.name()), AuthRows.encode(user));
    replace(current.enabled(), current.revision() + 1, users, roles(), batch);
  }

  private void put(Role role, EngineBatch batch) {
    NavigableMap<String, Role> roles = roles();
    roles.put(role.name(), role);
    batch.put(Family.META, AuthRows.roleKey(role.name()), AuthRows.encode(role));
    replace(current.enabled(), current.revision() + 1, users(), roles, batch);
  }

  private void replace(
      boolean enabled,
      long revision,
      NavigableMap<String, User> users,
      NavigableMap<String, Role> roles,
      EngineBatch batch) {
    batch.put(Family.META, AuthRows.STATE, AuthRows.encode(new AuthRows.State(enabled, revision)));
    current = new AuthView(enabled, revision, users, roles);
  }

  private NavigableMap<String, User> users() {
    return new TreeMap<>(current.users());
  }

  private NavigableMap<String, Role> roles() {
    return new TreeMap<>(current.roles());
  }

  private User existing(String name) {
    @Nullable User user = current.user(name);
    if (user == null) {
      throw refused(Kind.USER_NOT_FOUND);
    }
    return user;
  }

  private static List<String> without(List<String> names, String name) {
    return names.stream().filter(each -> !each.equals(name)).toList();
  }

  private static StoreException refused(Kind kind) {
    return StoreException.of(kind);
  }
}
