package dev.kvorum.store;

/** What a call would like to do, for deciding whether its caller may. Closed: what is not in here cannot be allowed. */
public sealed interface Access {
  /** Needs no identity at all. */
  record Free() implements Access {}

  /** Any user that exists. */
  record AnyUser() implements Access {}

  /** A user with the role {@code root}. */
  record Administer() implements Access {}

  /** To be told a user's roles: the user itself or an administrator. */
  record ReadUser(String name) implements Access {}

  /** To be told a role's permissions: a user who has the role or an administrator. */
  record ReadRole(String name) implements Access {}

  /** To read or write keys. */
  record Keys(Op op) implements Access {}

  /** To see changes of keys. */
  record WatchKeys(KeyRange range) implements Access {}

  /** To end or renew a lease: takes writing every key that hangs on it. */
  record UseLease(long id) implements Access {}

  /** To be told which keys hang on a lease: takes reading every one of them. */
  record ReadLeaseKeys(long id) implements Access {}

  /** To be told which leases there are: takes reading every key that hangs on any. */
  record ReadLeases() implements Access {}
}
