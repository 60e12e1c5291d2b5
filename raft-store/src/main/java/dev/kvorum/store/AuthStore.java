package dev.kvorum.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Users, roles and who may do what: the part of the port that etcd's Auth service needs. Threads and futures as in {@link
 * KvStore}. Calls are checked for the {@link CallContext#caller()} like all others; nothing is checked while
 * authentication is off.
 */
public interface AuthStore {
  /** Of a store that leaves all this to somebody else. */
  AuthStore ELSEWHERE = new AuthElsewhere();

  /** Whether calls need an identity, by the state of this member; cheap. */
  boolean enabled();

  /** Completes normally if the caller may, and with the {@link StoreException} that says why not. */
  CompletableFuture<Void> authorize(Access access, CallContext context);

  /** Whether authentication is on, and at which revision of its own the auth state is. */
  CompletableFuture<AuthStatus> status(CallContext context);

  /** Checks a password and issues a token. The password is closed when it is not needed any more. */
  CompletableFuture<IssuedToken> authenticate(String user, Password password, CallContext context);

  /** Hashes a password for {@link AuthChange}; slow by intention. Closes it. */
  CompletableFuture<Bytes> hash(Password password, CallContext context);

  /** Changes the auth state; completes with the store's revision. */
  CompletableFuture<Long> change(AuthChange change, CallContext context);

  /** The names of the roles of a user, ascending. */
  CompletableFuture<Listing<String>> rolesOf(String user, CallContext context);

  /** What a role allows, by ascending key. */
  CompletableFuture<Listing<Permission>> permissionsOf(String role, CallContext context);

  /** The names of all users, ascending. */
  CompletableFuture<Listing<String>> users(CallContext context);

  /** The names of all roles, ascending. */
  CompletableFuture<Listing<String>> roles(CallContext context);

  /**
   * See {@link #status}.
   *
   * @param revision the store's revision
   * @param enabled whether authentication is on
   * @param authRevision grows with every change of users, roles and permissions; 1 at first
   */
  record AuthStatus(long revision, boolean enabled, long authRevision) {}

  /**
   * See {@link #authenticate}.
   *
   * @param revision the store's revision
   * @param token for the metadata of later calls; never printed
   */
  record IssuedToken(long revision, String token) {
    @Override
    public String toString() {
      return "IssuedToken[" + revision + "]";
    }
  }

  /**
   * Some things and when they were read.
   *
   * @param revision the store's revision
   * @param items must not be changed
   */
  record Listing<T>(long revision, List<T> items) {}
}
