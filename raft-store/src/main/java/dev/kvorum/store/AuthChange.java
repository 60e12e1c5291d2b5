package dev.kvorum.store;

/**
 * A change of users, roles or of authentication itself, in the form in which it is replicated: passwords are hashes here
 * (etcd v3 API: Auth). Names are user input of any content.
 */
public sealed interface AuthChange {
  /** Requires identities from now on. Needs a user {@code root} with the role {@code root}. */
  record Enable() implements AuthChange {}

  /** Lets everybody do everything again. */
  record Disable() implements AuthChange {}

  /**
   * Adds a user.
   *
   * @param passwordHash bcrypt's text; empty when {@code noPassword}
   * @param noPassword whether the user is known by certificate only
   */
  record AddUser(String name, Bytes passwordHash, boolean noPassword) implements AuthChange {
    @Override
    public String toString() {
      return "AddUser[" + name + "]";
    }
  }

  record DeleteUser(String name) implements AuthChange {}

  /**
   * Replaces a password.
   *
   * @param passwordHash bcrypt's text; empty for one that nothing matches
   */
  record ChangePassword(String name, Bytes passwordHash) implements AuthChange {
    @Override
    public String toString() {
      return "ChangePassword[" + name + "]";
    }
  }

  record GrantRole(String user, String role) implements AuthChange {}

  record RevokeRole(String user, String role) implements AuthChange {}

  record AddRole(String name) implements AuthChange {}

  record DeleteRole(String name) implements AuthChange {}

  record GrantPermission(String role, Permission permission) implements AuthChange {}

  record RevokePermission(String role, KeyRange range) implements AuthChange {}
}
