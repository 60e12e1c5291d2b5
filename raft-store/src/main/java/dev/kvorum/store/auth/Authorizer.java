package dev.kvorum.store.auth;

import dev.kvorum.store.Access;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.TxnRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may do what: the only place that does. A function of the auth state, the keys on leases, who asks and what
 * for; whatever has no rule here does not compile.
 *
 * <p>The order of refusals is etcd's: nobody asks, then an identity older than the auth state, then no permission. Having
 * the role {@code root} is looked up in the state as it is, so the age of an administrator's identity does not matter.
 */
public final class Authorizer {
  private final AuthView auth;
  private final LeaseKeys leases;

  /** Decides by this state. */
  public Authorizer(AuthView auth, LeaseKeys leases) {
    this.auth = auth;
    this.leases = leases;
  }

  /** Returns if {@code who} may, and throws why not otherwise. */
  public void check(Identity who, Access access) {
    if (!auth.enabled() || access instanceof Access.Free) {
      return;
    }
    switch (who.kind()) {
      case NONE -> {
        if (!isForNobody(access)) {
          throw refused(Kind.USER_EMPTY);
        }
      }
      case MEMBER -> {}
      case USER -> check(who.user(), who.authRevision(), access);
    }
  }

  /** Whoever has no name may ask for the user without a name, whom there never is: "not found", as etcd says. */
  private static boolean isForNobody(Access access) {
    return access instanceof Access.ReadUser read && read.name().isEmpty();
  }

  private void check(String name, long authRevision, Access access) {
    User user = auth.user(name);
    switch (access) {
      case Access.Free free -> {}
      case Access.AnyUser any -> requireExisting(user);
      case Access.Administer administer -> requireRoot(user);
      case Access.ReadUser read -> {
        if (user == null || !read.name().equals(name)) {
          requireRoot(user);
        }
      }
      case Access.ReadRole read -> {
        if (user == null || !user.roles().contains(read.name())) {
          requireRoot(user);
        }
      }
      case Access.Keys keys -> {
        Grants grants = grants(user, authRevision);
        if (grants != null) {
          checkOp(grants, keys.op());
        }
      }
      case Access.WatchKeys watch -> {
        Grants grants = grants(user, authRevision);
        if (grants != null) {
          requireRead(grants, watched(watch.range()));
        }
      }
      case Access.UseLease use -> {
        Grants grants = leaseGrants(user, authRevision, use.id());
        if (grants != null) {
          requireKeys(grants.writes(), use.id());
        }
      }
      case Access.ReadLeaseKeys read -> {
        Grants grants = leaseGrants(user, authRevision, read.id());
        if (grants != null) {
          requireKeys(grants.reads(), read.id());
        }
      }
      case Access.ReadLeases read -> {
        for (long id : leases.ids()) {
          Grants grants = leaseGrants(user, authRevision, id);
          if (grants == null) {
            return;
          }
          requireKeys(grants.reads(), id);
        }
        requireExisting(user);
      }
    }
  }

  private void checkOp(Grants grants, Op op) {
    switch (op) {
      case RangeRequest range -> requireRead(grants, range.range());
      case PutRequest put -> checkPut(grants, put);
      case DeleteRequest delete -> {
        requireWrite(grants, delete.range());
        if (delete.prevKv()) {
          requireRead(grants, delete.range());
        }
      }
      case TxnRequest txn -> checkTxn(grants, txn);
    }
  }

  /** Both branches count, whichever will be taken: which one it is would already tell something. */
  private void checkTxn(Grants grants, TxnRequest txn) {
    for (Compare compare : txn.compares()) {
      requireRead(grants, compare.range());
    }
    checkOps(grants, txn.success());
    checkOps(grants, txn.failure());
  }

  private void checkOps(Grants grants, List<Op> ops) {
    for (Op op : ops) {
      checkOp(grants, op);
    }
  }

  private void checkPut(Grants grants, PutRequest put) {
    requireWrite(grants, KeyRange.single(put.key()));
    if (put.lease() != 0) {
      // Whoever holds the lease could have all its keys deleted by letting it run out.
      requireKeys(grants.writes(), put.lease());
    }
    if (put.prevKv()) {
      requireRead(grants, KeyRange.single(put.key()));
    }
  }

  private void requireKeys(KeyUnion allowed, long lease) {
    if (!allowed.coversAll(from -> leases.firstKey(lease, from))) {
      throw refused(Kind.PERMISSION_DENIED);
    }
  }

  private static void requireRead(Grants grants, KeyRange range) {
    if (!grants.reads().covers(range)) {
      throw refused(Kind.PERMISSION_DENIED);
    }
  }

  private static void requireWrite(Grants grants, KeyRange range) {
    if (!grants.writes().covers(range)) {
      throw refused(Kind.PERMISSION_DENIED);
    }
  }

  /** What is granted to the user; null if that is everything. */
  private @Nullable Grants grants(@Nullable User user, long authRevision) {
    if (authRevision < auth.revision()) {
      throw refused(Kind.AUTH_OLD_REVISION);
    }
    if (user == null) {
      throw refused(Kind.PERMISSION_DENIED);
    }
    return user.isRoot() ? null : auth.grants(user);
  }

  /** As {@link #grants}; but with a lease that has no keys there is nothing for which the age of an identity matters. */
  private @Nullable Grants leaseGrants(@Nullable User user, long authRevision, long lease) {
    if (user == null) {
      throw refused(Kind.PERMISSION_DENIED);
    }
    if (user.isRoot()) {
      return null;
    }
    return leases.firstKey(lease, Bytes.EMPTY) == null
        ? auth.grants(user)
        : grants(user, authRevision);
  }

  private static void requireRoot(@Nullable User user) {
    if (user == null) {
      throw refused(Kind.USER_NOT_FOUND);
    }
    if (!user.isRoot()) {
      throw refused(Kind.PERMISSION_DENIED);
    }
  }

  private static void requireExisting(@Nullable User user) {
    if (user == null) {
      throw refused(Kind.PERMISSION_DENIED);
    }
  }

  /** A watch of the empty key begins at the lowest one. */
  private static KeyRange watched(KeyRange range) {
    return range.key().isEmpty() ? new KeyRange(Bytes.ZERO, range.rangeEnd()) : range;
  }

  private static StoreException refused(Kind kind) {
    return StoreException.of(kind);
  }
}
