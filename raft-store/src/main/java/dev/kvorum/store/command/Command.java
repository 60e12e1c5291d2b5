package dev.kvorum.store.command;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import java.util.List;

/**
 * One change of the replicated state, as every member applies it.
 *
 * @param <R> what applying it answers; a refusal is a {@link dev.kvorum.store.StoreException} instead, the same on every
 *     member
 */
public sealed interface Command<R> {
  /** Writes one key. */
  record Put(PutRequest request) implements Command<PutResult> {}

  /** Deletes keys. */
  record Delete(DeleteRequest request) implements Command<DeleteResult> {}

  /**
   * Runs a transaction.
   *
   * @param request no branch writes one key twice; nested no deeper than {@link TxnRules#MAX_DEPTH}
   */
  record Txn(TxnRequest request) implements Command<TxnResult> {
    public Txn {
      TxnRules.check(request);
    }
  }

  /** Forgets history below {@code revision}. Answers the store's revision. */
  record Compact(long revision) implements Command<Long> {}

  /**
   * Creates a lease.
   *
   * @param id chosen before the command was proposed; not 0
   * @param ttlSeconds already raised to the minimum; positive
   */
  record GrantLease(long id, long ttlSeconds) implements Command<LeaseGrant> {
    public GrantLease {
      if (id == 0 || ttlSeconds <= 0) {
        throw new IllegalArgumentException("lease " + id + " with a TTL of " + ttlSeconds + " s");
      }
    }
  }

  /** Ends a lease on a client's behalf and deletes its keys. Answers the store's revision. */
  record RevokeLease(long id) implements Command<Long> {}

  /**
   * Ends a lease because the leader saw it run out. Answers the store's revision.
   *
   * @param term the term of the leader that decided so; an entry of another term does not apply it, because a deposed
   *     leader may have missed renewals. It is then refused as {@code NOT_LEADER}
   */
  record ExpireLease(long id, long term) implements Command<Long> {}

  /** Remembers how long leases have left. Unknown leases are passed over. Answers the store's revision. */
  record CheckpointLeases(List<LeaseCheckpoint> checkpoints) implements Command<Long> {
    public CheckpointLeases {
      checkpoints = List.copyOf(checkpoints);
    }
  }

  /**
   * How long one lease has left.
   *
   * @param id the lease
   * @param remainingTtlSeconds 0 forgets an earlier checkpoint: the full TTL counts
   */
  record LeaseCheckpoint(long id, long remainingTtlSeconds) {
    public LeaseCheckpoint {
      if (remainingTtlSeconds < 0) {
        throw new IllegalArgumentException("remaining TTL " + remainingTtlSeconds);
      }
    }
  }

  /**
   * A member says what it is called and where its clients reach it. Answers the store's revision.
   *
   * @param incarnation grows with every start of the member; an older one than known changes nothing
   */
  record PublishMember(Member member, long incarnation) implements Command<Long> {}

  /** Switches an alarm on. Answers that alarm, also when it was on. */
  record RaiseAlarm(Alarm alarm) implements Command<Alarms> {}

  /** Switches an alarm off. Answers that alarm if it was on. */
  record DisarmAlarm(Alarm alarm) implements Command<Alarms> {}

  /** Changes who belongs to the cluster. */
  sealed interface MembershipChange<R> extends Command<R> {
    /**
     * Writes down the founding members, whom until then only Raft's configuration names. The first one counts, later ones
     * change nothing. Answers the store's revision.
     */
    record FoundCluster(List<Member> members) implements MembershipChange<Long> {
      public FoundCluster {
        members = List.copyOf(members);
      }
    }

    /**
     * Adds a member. Answers the store's revision.
     *
     * @param member without a name or client URLs
     * @param maxLearners how many learners there may be afterwards
     * @param strict whether enough of the voters must have started
     */
    record AddMember(Member member, int maxLearners, boolean strict)
        implements MembershipChange<Long> {}

    /** Removes a member; its id is never used again. Answers the store's revision. */
    record RemoveMember(long id, boolean strict) implements MembershipChange<Long> {}

    /** Changes where a member is reached. Answers the store's revision. */
    record UpdateMember(long id, List<String> peerUrls) implements MembershipChange<Long> {
      public UpdateMember {
        peerUrls = List.copyOf(peerUrls);
      }
    }

    /** Gives a learner a vote. Answers the store's revision. */
    record PromoteMember(long id, boolean strict) implements MembershipChange<Long> {}

    /**
     * The process of an added member asks who it is. Answers its id, the same one for the same disk; another disk is
     * refused as {@code MEMBER_EXISTS}.
     *
     * @param peerUrls those with which it was added
     * @param disk names its data directory
     */
    record AdmitMember(List<String> peerUrls, String disk) implements MembershipChange<Long> {
      public AdmitMember {
        peerUrls = List.copyOf(peerUrls);
      }
    }

    /**
     * As {@link PublishMember}, with the member's disk, which must be the one that it is known with: else it is refused as
     * {@code MEMBER_EXISTS}. Answers the store's revision.
     */
    record IntroduceMember(Member member, long incarnation, String disk)
        implements MembershipChange<Long> {}
  }
}
