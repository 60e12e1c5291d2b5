package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.AppliedBatch;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.lease.Lease;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * The leader's clock for leases: when each runs out, on a monotonic clock. Followers know the leases, not the deadlines.
 *
 * <p>A new leader cannot know what the old one promised, so it starts every lease afresh, one election timeout longer:
 * leases get longer by a change of leader, never shorter. That a lease ran out takes effect through the log, under the
 * term in which the leader saw it; a leader that was deposed meanwhile proposes in vain. Once that was proposed, the lease
 * cannot be renewed any more.
 *
 * <p>Thread-safe; nothing waits.
 */
final class LeaseKeeper {
  /** The most leases that are ended per check. */
  static final int MAX_EXPIRED_PER_CHECK = 500;

  /** Leases that may run out in one second when a leader begins: three quarters of what two checks end. */
  private static final int MAX_PER_SECOND_AFTER_ELECTION = 750;

  private static final int SPREAD_FROM = 1000;
  private static final long CHECKPOINT_TTL_SECONDS = 300;
  private static final int MAX_CHECKPOINTS = 1000;
  private static final long SECOND = 1_000_000_000;

  private static final class Deadline {
    private final long id;
    private long ttlSeconds;
    private long atNanos;
    private boolean expiring;

    Deadline(long id, long ttlSeconds, long atNanos) {
      this.id = id;
      this.ttlSeconds = ttlSeconds;
      this.atNanos = atNanos;
    }
  }

  /** A place in the queue; later than the deadline's own time is possible, earlier is not acted upon. */
  private record Check(long atNanos, Deadline deadline) {}

  private final LongSupplier nanoTime;
  private final long electionTimeoutNanos;
  private final Map<Long, Deadline> deadlines = new HashMap<>();
  private final PriorityQueue<Check> checks = new PriorityQueue<>(BY_TIME);
  private boolean leading;
  private long term;

  private static final Comparator<Check> BY_TIME = (a, b) -> Long.signum(a.atNanos - b.atNanos);

  LeaseKeeper(LongSupplier nanoTime, long electionTimeoutNanos) {
    this.nanoTime = nanoTime;
    this.electionTimeoutNanos = electionTimeoutNanos;
  }

  /** Begins to lead with the leases there are; on the apply thread, so that none is missed. */
  synchronized void lead(long newTerm, List<Lease> leases) {
    deadlines.clear();
    checks.clear();
    leading = true;
    term = newTerm;
    long now = nanoTime.getAsLong();
    Map<Long, Integer> perSecond = new HashMap<>();
    boolean spread = leases.size() >= SPREAD_FROM;
    for (Lease lease : leases) {
      long seconds =
          lease.remainingTtlSeconds() > 0 ? lease.remainingTtlSeconds() : lease.ttlSeconds();
      long delay = seconds * SECOND + electionTimeoutNanos;
      if (spread) {
        long second = delay / SECOND;
        while (perSecond.merge(second, 1, Integer::sum) > MAX_PER_SECOND_AFTER_ELECTION) {
          second++;
        }
        delay = Math.max(delay, second * SECOND);
      }
      put(new Deadline(lease.id(), lease.ttlSeconds(), now + delay));
    }
  }

  synchronized void stopLeading() {
    leading = false;
    deadlines.clear();
    checks.clear();
  }

  /** Follows what was applied; on the apply thread. */
  synchronized void applied(List<CommandBatch> batches, AppliedEntry entry) {
    if (!leading || entry.batches().size() != batches.size()) {
      return;
    }
    for (int i = 0; i < batches.size(); i++) {
      AppliedBatch outcome = entry.batches().get(i);
      if (!outcome.duplicate()) {
        List<Command<?>> commands = batches.get(i).commands();
        for (int j = 0; j < commands.size(); j++) {
          follow(commands.get(j), outcome.results().get(j) instanceof StoreException);
        }
      }
    }
  }

  private void follow(Command<?> command, boolean refused) {
    if (refused) {
      return;
    }
    switch (command) {
      case Command.GrantLease grant ->
        put(new Deadline(
            grant.id(), grant.ttlSeconds(), nanoTime.getAsLong() + grant.ttlSeconds() * SECOND));
      case Command.RevokeLease revoke -> deadlines.remove(revoke.id());
      case Command.ExpireLease expire -> deadlines.remove(expire.id());
      case Command.Put put -> {}
      case Command.Delete delete -> {}
      case Command.Txn txn -> {}
      case Command.Compact compact -> {}
      case Command.CheckpointLeases checkpoint -> {}
      case Command.PublishMember publish -> {}
      case Command.MembershipChange<?> change -> {}
      case Command.RaiseAlarm raise -> {}
      case Command.DisarmAlarm disarm -> {}
    }
  }

  private void put(Deadline deadline) {
    deadlines.put(deadline.id, deadline);
    checks.add(new Check(deadline.atNanos, deadline));
  }

  /**
   * Renews a lease.
   *
   * @return its TTL in seconds; 0 if there is none or it has run out
   * @throws StoreException of kind {@code NOT_LEADER}
   */
  synchronized long renew(long id) {
    requireLeading();
    Deadline deadline = deadlines.get(id);
    long now = nanoTime.getAsLong();
    if (deadline == null || deadline.expiring || deadline.atNanos - now <= 0) {
      return 0;
    }
    deadline.atNanos = now + deadline.ttlSeconds * SECOND;
    return deadline.ttlSeconds;
  }

  /**
   * Whole seconds that a lease has left.
   *
   * @return −1 if there is no such lease
   * @throws StoreException of kind {@code NOT_LEADER}
   */
  synchronized long remainingSeconds(long id) {
    requireLeading();
    Deadline deadline = deadlines.get(id);
    if (deadline == null) {
      return -1;
    }
    return Math.max(0, Math.floorDiv(deadline.atNanos - nanoTime.getAsLong(), SECOND));
  }

  private void requireLeading() {
    if (!leading) {
      throw StoreException.of(StoreException.Kind.NOT_LEADER);
    }
  }

  /** Takes the leases that have run out, at most {@link #MAX_EXPIRED_PER_CHECK}; they cannot be renewed from now on. */
  synchronized List<Command.ExpireLease> takeExpired() {
    List<Command.ExpireLease> expired = new ArrayList<>();
    long now = nanoTime.getAsLong();
    if (checks.size() > 2 * deadlines.size() + 1000) {
      checks.removeIf(check -> deadlines.get(check.deadline.id) != check.deadline); // ended ones
    }
    Check next;
    while (leading
        && expired.size() < MAX_EXPIRED_PER_CHECK
        && (next = checks.peek()) != null
        && next.atNanos - now <= 0) {
      checks.remove();
      Deadline deadline = next.deadline;
      if (deadlines.get(deadline.id) != deadline || deadline.expiring) {
        continue; // ended, or granted anew, or on its way out
      }
      if (deadline.atNanos - now > 0) {
        checks.add(new Check(deadline.atNanos, deadline)); // renewed meanwhile
        continue;
      }
      deadline.expiring = true;
      expired.add(new Command.ExpireLease(deadline.id, term));
    }
    return expired;
  }

  /** Says that an attempt to end a lease came to nothing or to an unknown end; it is tried again. */
  synchronized void retryExpiry(long id) {
    Deadline deadline = deadlines.get(id);
    if (leading && deadline != null && deadline.expiring) {
      // It stays beyond renewal: the earlier attempt may yet take effect.
      deadline.expiring = false;
      deadline.atNanos = nanoTime.getAsLong();
      checks.add(new Check(deadline.atNanos, deadline));
    }
  }

  /** What long leases have left, for the log, so that changes of leader do not keep them alive for ever. */
  synchronized List<Command.LeaseCheckpoint> checkpoints() {
    List<Command.LeaseCheckpoint> checkpoints = new ArrayList<>();
    if (!leading) {
      return checkpoints;
    }
    long now = nanoTime.getAsLong();
    for (Deadline deadline : deadlines.values()) {
      long remaining = Math.floorDiv(deadline.atNanos - now, SECOND);
      if (deadline.ttlSeconds > CHECKPOINT_TTL_SECONDS
          && !deadline.expiring
          && remaining > 0
          && remaining < deadline.ttlSeconds) {
        checkpoints.add(new Command.LeaseCheckpoint(deadline.id, remaining));
        if (checkpoints.size() == MAX_CHECKPOINTS) {
          break;
        }
      }
    }
    return checkpoints;
  }
}
