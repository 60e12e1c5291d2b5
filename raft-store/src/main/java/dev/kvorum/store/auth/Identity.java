package dev.kvorum.store.auth;

/**
 * Who a caller was found to be.
 *
 * @param kind what is known
 * @param user the user's name; empty if not a {@link Kind#USER}
 * @param authRevision the revision of the auth state for which that was found; 0 if not a user
 */
public record Identity(Kind kind, String user, long authRevision) {
  /** What is known of a caller. */
  public enum Kind {
    NONE,
    USER,
    MEMBER
  }

  /** Nobody. */
  public static final Identity NONE = new Identity(Kind.NONE, "", 0);

  /** A member of the cluster, by itself. */
  public static final Identity MEMBER = new Identity(Kind.MEMBER, "", 0);

  /** A user, whether or not there is one of that name. */
  public static Identity user(String name, long authRevision) {
    return new Identity(Kind.USER, name, authRevision);
  }
}
