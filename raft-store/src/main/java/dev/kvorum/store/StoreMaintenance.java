package dev.kvorum.store;

import java.util.concurrent.CompletableFuture;

/**
 * What operators ask of a store. As in {@link KvStore}, nothing here blocks and futures complete on the context's executor.
 */
public interface StoreMaintenance {
  /** The alarms that are on; linearizable. */
  CompletableFuture<Alarms> alarms(CallContext context);

  /** Switches an alarm on, for all members. Completes with that alarm, also when it was on. */
  CompletableFuture<Alarms> raise(Alarm alarm, CallContext context);

  /** Switches an alarm off, for all members. Completes with that alarm if it was on, else with none. */
  CompletableFuture<Alarms> disarm(Alarm alarm, CallContext context);

  /**
   * Digests this member's history. Reads all of it, so the store does one at a time and refuses when many wait.
   *
   * @param revision the last revision to cover; 0 for the store's
   */
  CompletableFuture<HistoryHash> hash(long revision, CallContext context);

  /** Begins to give disk space back to the operating system that nothing is stored in any more; local. */
  void reclaim();

  /** Copies this member's state without holding up anything else; local. */
  CompletableFuture<Backup> backup(CallContext context);
}
