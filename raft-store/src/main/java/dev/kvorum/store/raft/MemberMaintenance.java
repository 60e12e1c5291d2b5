package dev.kvorum.store.raft;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.Backup;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreMaintenance;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.mvcc.StateHash;
import java.util.concurrent.CompletableFuture;

/** Operators' requests to one member. Thread-safe. */
final class MemberMaintenance implements StoreMaintenance {
  private final Proposer proposer;
  private final Reads reads;
  private final Reads hashes;
  private final Reclaimer reclaimer;
  private final Backups backups;

  /**
   * Creates it.
   *
   * @param hashes for reading everything: on a thread of its own
   */
  MemberMaintenance(
      Proposer proposer, Reads reads, Reads hashes, Reclaimer reclaimer, Backups backups) {
    this.proposer = proposer;
    this.reads = reads;
    this.hashes = hashes;
    this.reclaimer = reclaimer;
    this.backups = backups;
  }

  @Override
  public CompletableFuture<Alarms> alarms(CallContext context) {
    return reads.read(
        true, true, context, applier -> new Alarms(applier.lastRevision(), applier.alarms()));
  }

  @Override
  public CompletableFuture<Alarms> raise(Alarm alarm, CallContext context) {
    return proposer.submit(new Command.RaiseAlarm(alarm), context);
  }

  @Override
  public CompletableFuture<Alarms> disarm(Alarm alarm, CallContext context) {
    return proposer.submit(new Command.DisarmAlarm(alarm), context);
  }

  @Override
  public CompletableFuture<HistoryHash> hash(long revision, CallContext context) {
    return hashes.read(false, false, context, applier -> hash(applier, revision));
  }

  private static HistoryHash hash(Applier applier, long revision) {
    StateHash hash = applier.view().hash(revision);
    return new HistoryHash(
        Long.hashCode(hash.hash()),
        hash.revision(),
        hash.compactRevision(),
        applier.lastRevision());
  }

  @Override
  public void reclaim() {
    reclaimer.request();
  }

  @Override
  public CompletableFuture<Backup> backup(CallContext context) {
    return backups.take(context);
  }
}
