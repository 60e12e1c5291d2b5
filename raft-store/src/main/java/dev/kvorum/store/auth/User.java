package dev.kvorum.store.auth;

import dev.kvorum.store.Bytes;
import java.util.List;

/**
 * A user.
 *
 * @param name not empty
 * @param passwordHash bcrypt's text; empty if nothing matches
 * @param noPassword whether the user is known by certificate only
 * @param passwordRevision the auth revision at which the password was set
 * @param roles names, ascending; a role that was never made may be among them only if it is {@code root}
 */
public record User(
    String name,
    Bytes passwordHash,
    boolean noPassword,
    long passwordRevision,
    List<String> roles) {
  public User {
    roles = List.copyOf(roles);
  }

  boolean isRoot() {
    return roles.contains(AuthView.ROOT);
  }

  User withRoles(List<String> others) {
    return new User(name, passwordHash, noPassword, passwordRevision, others);
  }

  @Override
  public String toString() {
    return "User[" + name + ", " + roles + "]";
  }
}
