package dev.kvorum.store.apply;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.alarm.AlarmTable;
import dev.kvorum.store.auth.AuthTable;
import dev.kvorum.store.auth.AuthView;
import dev.kvorum.store.auth.LeaseKeys;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.cluster.MemberTable;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.Command.LeaseCheckpoint;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.lease.LeaseTable;
import dev.kvorum.store.lease.LeaseView;
import dev.kvorum.store.mvcc.CompactionStep;
import dev.kvorum.store.mvcc.LeaseBook;
import dev.kvorum.store.mvcc.MvccStore;
import dev.kvorum.store.mvcc.MvccWriter;
import dev.kvorum.store.mvcc.View;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Applies committed log entries, in log order, and holds the state they make.
 *
 * <p>Threading: {@link #apply} and {@link #noteIndex} belong to one thread. {@link #compactStep} and {@link #flush} may be
 * called by one other thread each, at any time. All other methods may be called by anyone; reads may touch the disk.
 *
 * <p>Invariant: what an entry changes and that it was applied are written in one engine batch, so after a crash the state
 * is exactly the one after some entry. Readers see an entry's effects all at once, after that batch was written.
 */
public final class Applier {
  /** The entry that a restored state counts as having applied. */
  private static final LogPosition FIRST_OF_NEW_LOG = new LogPosition(1, 1);

  /** What a lease takes, about. */
  private static final long LEASE_BYTES = 64;

  private final Engine engine;
  private final MvccStore mvcc;
  private final LeaseTable leases;
  private final LeaseBook leaseBook;
  private final Members members;
  private final MemberTable cluster;
  private final MembershipChanges membership;
  private final Origins origins;
  private final AuthTable auth;
  private final LeaseKeys leaseKeys;
  private final AlarmTable alarms;

  /** The last entry applied; set last, so whoever sees it also sees its effects. */
  private volatile LogPosition applied;

  private final AtomicLong skippedEntries = new AtomicLong();

  /** The position in the engine's state row; guarded by the writer lock. */
  private LogPosition written;

  /** An entry was begun and not finished: memory holds changes that the engine does not. Guarded by the writer lock. */
  private boolean broken;

  private Applier(Engine engine, ApplyConfig config) {
    this.engine = engine;
    StateRow stored = StateRow.decode(engine.get(Family.META, StateRow.KEY));
    StateRow state = stored != null
        ? stored
        : new StateRow(LogPosition.NONE, MvccStore.FIRST_REVISION, MvccStore.NEVER_COMPACTED);
    leases = new LeaseTable(engine);
    leaseBook = new AttachedKeys(leases);
    mvcc = new MvccStore(
        engine,
        state.revision(),
        state.compactRevision(),
        config.valueCacheBytes(),
        config.recentChanges(),
        leaseBook,
        config.rebuildProgress());
    leases.publish();
    members = new Members(engine);
    cluster = new MemberTable(engine);
    membership = new MembershipChanges(cluster, members);
    origins = new Origins(engine);
    auth = new AuthTable(engine);
    leaseKeys = LeaseKeysOf.writer(leases);
    alarms = new AlarmTable(engine);
    applied = state.position();
    written = state.position();
  }

  /** Reads the state from {@code engine}, which stays the caller's to close, after the last use of this object. */
  public static Applier open(Engine engine, ApplyConfig config) {
    return new Applier(engine, config);
  }

  /**
   * Prepares a copied state for a new cluster, whose log begins anew: forgets the position, the origins and the members
   * of the old one, and keeps keys, history and leases. Durable when it returns. No applier may be open.
   */
  public static void forgetLog(Engine engine) {
    StateRow state = StateRow.decode(engine.get(Family.META, StateRow.KEY));
    EngineBatch batch = new EngineBatch();
    if (state != null) {
      StateRow unapplied =
          new StateRow(LogPosition.NONE, state.revision(), state.compactRevision());
      batch.put(Family.META, StateRow.KEY, unapplied.encode());
    }
    Origins.forget(batch);
    Members.forget(batch);
    MemberTable.forget(batch);
    engine.write(batch);
    engine.flush();
  }

  /**
   * As {@link #forgetLog}, and lets the new log begin after the first entry: a member that comes to the new cluster
   * without this state then cannot do with the log alone and gets a copy. What was compacted, leases, users and alarms
   * stay. Durable when it returns.
   *
   * @param bumpRevision how many revisions to skip; if any, everything up to the new revision is compacted, so that
   *     clients that have seen later revisions of the old cluster than this state has notice
   */
  public static void beginNewLog(Engine engine, long bumpRevision) {
    if (bumpRevision < 0) {
      throw new IllegalArgumentException("a bump by " + bumpRevision);
    }
    forgetLog(engine);
    StateRow stored = StateRow.decode(engine.get(Family.META, StateRow.KEY));
    long revision = stored == null ? MvccStore.FIRST_REVISION : stored.revision();
    long compacted = stored == null ? MvccStore.NEVER_COMPACTED : stored.compactRevision();
    long bumped = Math.addExact(revision, bumpRevision);
    EngineBatch batch = new EngineBatch();
    batch.put(
        Family.META,
        StateRow.KEY,
        new StateRow(FIRST_OF_NEW_LOG, bumped, bumpRevision == 0 ? compacted : bumped).encode());
    engine.write(batch);
    engine.flush();
  }

  /**
   * Applies one entry. When it returns, reads see its effects; they are durable after the next flush.
   *
   * <p>An entry at or below {@link #appliedIndex} was applied before and does nothing. Anything thrown means that memory
   * and disk may disagree: the member must stop.
   */
  public AppliedEntry apply(long term, long index, List<CommandBatch> batches) {
    synchronized (mvcc.writerLock()) {
      if (isApplied(term, index)) {
        return new AppliedEntry(term, index, mvcc.revision(), List.of(), List.of());
      }
      broken = true;
      EngineBatch changes = new EngineBatch();
      MvccWriter writer = mvcc.begin(changes, leaseBook);
      List<AppliedBatch> results = new ArrayList<>(batches.size());
      for (CommandBatch batch : batches) {
        boolean duplicate = origins.isDuplicate(batch, changes);
        results.add(new AppliedBatch(
            batch.originId(),
            batch.incarnation(),
            batch.sequence(),
            duplicate,
            duplicate ? List.of() : run(batch, term, index, writer, changes)));
      }
      LogPosition position = new LogPosition(term, index);
      write(changes, new StateRow(position, writer.revision(), writer.compactRevision()));
      auth.publish(); // before the data: a reader that finds it unchanged has seen no data of later
      // rules
      mvcc.publish(writer);
      leases.publish();
      members.publish();
      cluster.publish();
      alarms.publish();
      applied = position;
      broken = false;
      return new AppliedEntry(term, index, writer.revision(), results, writer.events());
    }
  }

  private List<Object> run(
      CommandBatch batch, long term, long index, MvccWriter writer, EngineBatch changes) {
    List<Object> results = new ArrayList<>(batch.commands().size());
    for (Command<?> command : batch.commands()) {
      Object result;
      try {
        CommandAccess.check(command, auth.current(), leaseKeys);
        result = run(command.bare(), term, index, writer, changes);
      } catch (StoreException refusal) {
        result = refusal; // an outcome, the same on every member
      }
      results.add(result);
    }
    return results;
  }

  private Object run(
      Command<?> command, long term, long index, MvccWriter writer, EngineBatch changes) {
    if (alarms.isAnyOn()) {
      AlarmGate.check(alarms, command);
    }
    return switch (command) {
      case Command.Put put -> writer.put(put.request());
      case Command.Delete delete -> writer.delete(delete.request());
      case Command.Txn txn -> writer.txn(txn.request());
      case Command.Compact compact -> writer.compact(compact.revision());
      case Command.GrantLease grant -> {
        if (leases.exists(grant.id())) {
          throw StoreException.of(StoreException.Kind.LEASE_EXISTS);
        }
        leases.grant(grant.id(), grant.ttlSeconds(), changes);
        yield new LeaseGrant(writer.revision(), grant.id(), grant.ttlSeconds());
      }
      case Command.RevokeLease revoke -> endLease(revoke.id(), writer, changes);
      case Command.ExpireLease expire -> {
        if (expire.term() != term) {
          throw StoreException.of(StoreException.Kind.NOT_LEADER);
        }
        yield endLease(expire.id(), writer, changes);
      }
      case Command.CheckpointLeases checkpoint -> {
        for (LeaseCheckpoint each : checkpoint.checkpoints()) {
          leases.checkpoint(each.id(), each.remainingTtlSeconds(), changes);
        }
        yield writer.revision();
      }
      case Command.PublishMember publish -> {
        members.put(publish, changes);
        yield writer.revision();
      }
      case Command.As<?> as -> throw new IllegalStateException("a command on behalf of two");
      case Command.ChangeAuth change -> {
        auth.apply(change.change(), changes);
        yield writer.revision();
      }
      case Command.IssueToken issue -> {
        auth.checkIssue(issue.user(), issue.checkedRevision());
        yield new Command.TokenIssued(writer.revision(), index);
      }
      case Command.MembershipChange<?> change ->
        membership.apply(change, writer.revision(), changes);
      case Command.RaiseAlarm raise -> {
        alarms.raise(raise.alarm(), changes);
        yield new Alarms(writer.revision(), List.of(raise.alarm()));
      }
      case Command.DisarmAlarm disarm ->
        new Alarms(
            writer.revision(),
            alarms.disarm(disarm.alarm(), changes) ? List.of(disarm.alarm()) : List.of());
    };
  }

  private Long endLease(long id, MvccWriter writer, EngineBatch changes) {
    if (!leases.exists(id)) {
      throw StoreException.of(StoreException.Kind.LEASE_NOT_FOUND);
    }
    writer.delete(leases.keys(id)); // which also detaches them
    leases.remove(id, changes);
    return writer.revision();
  }

  /** Notes an entry of Raft's own, which changes nothing. Written to disk with the next entry or flush. */
  public void noteIndex(long term, long index) {
    synchronized (mvcc.writerLock()) {
      if (!isApplied(term, index)) {
        applied = new LogPosition(term, index);
      }
    }
  }

  /** Whether an entry came again. Throws if it cannot be the next one. */
  private boolean isApplied(long term, long index) {
    if (broken) {
      throw new IllegalStateException("an entry failed half way; the member must stop");
    }
    if (index <= applied.index()) {
      skippedEntries.incrementAndGet();
      return true;
    }
    if (term < applied.term()) {
      throw new IllegalStateException("entry " + index + " of term " + term + " after " + applied);
    }
    return false;
  }

  private void write(EngineBatch batch, StateRow state) {
    batch.put(Family.META, StateRow.KEY, state.encode());
    engine.write(batch);
    written = state.position();
  }

  public long appliedTerm() {
    return applied.term();
  }

  public long appliedIndex() {
    return applied.index();
  }

  /** The last entry applied, as one value. */
  public LogPosition appliedPosition() {
    return applied;
  }

  /** The last entry whose effects would survive a crash now; the log up to it is not needed any more. Reads the disk. */
  public LogPosition persistedPosition() {
    StateRow row = StateRow.decode(engine.getPersisted(Family.META, StateRow.KEY));
    return row == null ? LogPosition.NONE : row.position();
  }

  /** Makes everything applied so far durable and returns how far that is at least. Blocks on the disk. */
  public LogPosition flush() {
    LogPosition position;
    synchronized (mvcc.writerLock()) {
      if (broken) {
        throw new IllegalStateException("an entry failed half way; the member must stop");
      }
      position = applied;
      if (!position.equals(written)) {
        write(
            new EngineBatch(),
            new StateRow(position, mvcc.revision(), mvcc.storedCompactRevision()));
      }
    }
    engine.flush();
    return position;
  }

  /** The store's revision. */
  public long lastRevision() {
    return mvcc.revision();
  }

  /** The lowest revision that can be read; 0 when nothing was ever compacted. */
  public long compactRevision() {
    return mvcc.compactRevision();
  }

  /** The state as of now. */
  public View view() {
    return mvcc.view();
  }

  /** As {@code view().range(request)}; a read of the latest revision is repeated when compaction overtakes it. */
  public RangeResult range(RangeRequest request) {
    while (true) {
      View view = view();
      try {
        return view.range(request);
      } catch (StoreException e) {
        boolean overtaken = e.kind() == StoreException.Kind.COMPACTED
            && request.revision() <= 0
            && view.revision() < lastRevision();
        if (!overtaken) {
          throw e;
        }
      }
    }
  }

  public LeaseView leases() {
    return leases.view();
  }

  /** Users, roles and permissions. */
  public AuthView auth() {
    return auth.view();
  }

  /** Which keys hang on which lease, for deciding about a request. */
  public LeaseKeys leaseKeys() {
    return LeaseKeysOf.readers(leases.view());
  }

  /** What members said about themselves, by unsigned id; immutable. */
  public SortedMap<Long, PublishedMember> members() {
    return members.published();
  }

  /** Who belongs to the cluster; immutable. */
  public ClusterView cluster() {
    return cluster.view();
  }

  /** The alarms that are on, by type, then by unsigned member id; immutable. */
  public List<Alarm> alarms() {
    return alarms.published();
  }

  /** About how many bytes are stored that can still be read, without what engines add and save. */
  public long retainedBytes() {
    return mvcc.retainedBytes() + LEASE_BYTES * leases.view().size();
  }

  /** How many entries came again after they had been applied. */
  public long skippedEntries() {
    return skippedEntries.get();
  }

  /**
   * Removes data that compaction has made unreadable, at most {@code maxRevisions} revisions of it. Call it again until
   * the answer is {@link CompactionStep#finished}, with pauses as wanted. Blocks on the disk.
   */
  public CompactionStep compactStep(int maxRevisions) {
    return mvcc.compactStep(maxRevisions);
  }

  /** How far {@link #compactStep} has come. */
  public CompactionStep compaction() {
    return mvcc.compaction();
  }
}
