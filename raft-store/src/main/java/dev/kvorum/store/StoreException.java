package dev.kvorum.store;

/**
 * A request that was not answered with a result, and why.
 *
 * <p>The set of {@link Kind}s is closed, so that each edge of the system can give every one of them its protocol's exact
 * words. Carries no stack trace: it is an answer, not a bug.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Whether the request took effect. */
  public enum Outcome {
    /** It certainly did not. */
    NOT_APPLIED,
    /** It may have, or still may. Only the caller knows whether to repeat it. */
    UNKNOWN
  }

  /** Why. The names follow etcd's error texts. */
  public enum Kind {
    /** The revision asked for is below the compact revision. */
    COMPACTED(Outcome.NOT_APPLIED),
    /** The revision asked for is above the store's. */
    FUTURE_REVISION(Outcome.NOT_APPLIED),
    /** A put keeps the value or lease of a key that does not exist. */
    KEY_NOT_FOUND(Outcome.NOT_APPLIED),
    LEASE_NOT_FOUND(Outcome.NOT_APPLIED),
    LEASE_EXISTS(Outcome.NOT_APPLIED),
    LEASE_TTL_TOO_LARGE(Outcome.NOT_APPLIED),
    /** The encoded request exceeds the limit on one log entry's operation. */
    REQUEST_TOO_LARGE(Outcome.NOT_APPLIED),
    /** The space quota is used up; deletions and compactions still work. */
    NO_SPACE(Outcome.NOT_APPLIED),
    /** Members were found to disagree; nothing is trusted until an operator has looked. */
    CORRUPT(Outcome.NOT_APPLIED),
    /** Too much is waiting already; the request was not queued. */
    TOO_MANY_REQUESTS(Outcome.NOT_APPLIED),
    /** There is no leader and the request cannot wait for one. */
    NO_LEADER(Outcome.NOT_APPLIED),
    /** Leadership moved while a read was being confirmed. */
    LEADER_CHANGED(Outcome.NOT_APPLIED),
    /** The store is closed or closing. */
    STOPPED(Outcome.UNKNOWN),
    /** The request's own deadline passed before it was proposed. */
    DEADLINE_EXCEEDED(Outcome.NOT_APPLIED),
    /** The store's own limit on waiting passed. */
    TIMEOUT(Outcome.UNKNOWN),
    /** As {@link #TIMEOUT}, shortly after the cluster lost its leader. */
    TIMEOUT_LEADER_FAILURE(Outcome.UNKNOWN),
    /** This member is not the leader and the request is for the leader alone. */
    NOT_LEADER(Outcome.NOT_APPLIED),
    MEMBER_NOT_FOUND(Outcome.NOT_APPLIED),
    MEMBER_EXISTS(Outcome.NOT_APPLIED),
    /** Another member has one of these peer URLs. */
    PEER_URLS_EXIST(Outcome.NOT_APPLIED),
    /** Peer URLs are missing, malformed or of an unknown kind. */
    MEMBER_URLS_INVALID(Outcome.NOT_APPLIED),
    MEMBER_NOT_LEARNER(Outcome.NOT_APPLIED),
    /** The learner lacks too much of what the leader has. */
    LEARNER_NOT_READY(Outcome.NOT_APPLIED),
    TOO_MANY_LEARNERS(Outcome.NOT_APPLIED),
    /** After the change, too few of the voters would be ones that have ever started. */
    NOT_ENOUGH_STARTED_MEMBERS(Outcome.NOT_APPLIED),
    /** After the change, too few of the voters would be ones that answer. */
    UNHEALTHY_CLUSTER(Outcome.NOT_APPLIED),
    /** This member does not vote, and leaves this request to those that do. */
    NOT_FOR_LEARNERS(Outcome.NOT_APPLIED),
    /** Who is to lead is no voter. */
    BAD_LEADER_TRANSFEREE(Outcome.NOT_APPLIED),
    /** Who is to lead does not, in time; it may yet. */
    LEADER_TRANSFER_TIMEOUT(Outcome.UNKNOWN),
    /** The store does not offer this. */
    UNSUPPORTED(Outcome.NOT_APPLIED);

    private final Outcome outcome;

    Kind(Outcome outcome) {
      this.outcome = outcome;
    }
  }

  private final Kind kind;
  private final long compactRevision;

  private StoreException(Kind kind, long compactRevision) {
    super(kind.name(), null, false, false);
    this.kind = kind;
    this.compactRevision = compactRevision;
  }

  /** A failure of a kind that carries nothing else. */
  public static StoreException of(Kind kind) {
    return new StoreException(kind, 0);
  }

  /** The revision asked for is below {@code compactRevision}. */
  public static StoreException compacted(long compactRevision) {
    return new StoreException(Kind.COMPACTED, compactRevision);
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the request took effect. */
  public Outcome outcome() {
    return kind.outcome;
  }

  /** For {@link Kind#COMPACTED}: the lowest revision that can still be read; else 0. */
  public long compactRevision() {
    return compactRevision;
  }
}
