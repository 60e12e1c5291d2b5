package dev.kvorum.store.raft;

import dev.kvorum.store.cluster.ClusterView;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Ends a member that was removed from the cluster, as soon as nobody needs it any more, with a word about why.
 *
 * <p>Seeing its own removal in the log is not enough: the configuration without it may still need its acknowledgement to
 * be committed. So it stays until its own log or another member says that this is done. A member that was away, or that
 * comes back with its old data, has no leader and asks the others.
 */
final class Departure {
  private static final long LAST_ANSWERS_MILLIS = 1_000;
  private static final long ANSWERS_OF_OTHERS_MILLIS = 2_000;

  private final long self;
  private final String name;
  private final Supplier<ClusterView> table;
  private final Supplier<RatisDivision.Configuration> raft;
  private final FatalHandler fatal;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean leaving = new AtomicBoolean();

  Departure(
      long self,
      String name,
      Supplier<ClusterView> table,
      Supplier<RatisDivision.Configuration> raft,
      FatalHandler fatal,
      ScheduledExecutorService timer) {
    this.self = self;
    this.name = name;
    this.table = table;
    this.raft = raft;
    this.fatal = fatal;
    this.timer = timer;
  }

  /** Whether this member was removed, and nobody needs it any more. */
  boolean isDue() {
    if (leaving.get()) {
      return true;
    }
    RatisDivision.Configuration configuration = raft.get();
    return isRemoved() && configuration.settled() && !configuration.contains(self);
  }

  /** Whether this member has seen its own removal. */
  boolean isRemoved() {
    return table.get().isRemoved(self);
  }

  /** Looks whether it is time to go; to be called now and then. */
  void check() {
    if (isDue()) {
      leave();
    }
  }

  /** Ends this member, after calls that wait for its removal were answered. */
  void leave() {
    if (!leaving.compareAndSet(false, true)) {
      return;
    }
    try {
      var unused = timer.schedule(this::end, LAST_ANSWERS_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      end();
    }
  }

  /** Ends this member, which Ratis has stopped; if the others say in time that it was removed, with that reason. */
  void leaveUnexplained(Runnable askOthers) {
    Runnable end = () -> fatal.fatal(
        "Ratis has stopped", new IllegalStateException("closed without being asked to"));
    try {
      var unusedAsk = timer.schedule(askOthers, 0, TimeUnit.MILLISECONDS);
      var unusedEnd = timer.schedule(
          () -> {
            if (!leaving.get()) {
              end.run();
            }
          },
          ANSWERS_OF_OTHERS_MILLIS,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      end.run();
    }
  }

  private void end() {
    String reason = reason(name, self);
    fatal.fatal(reason, new IllegalStateException(reason));
  }

  static String reason(String name, long id) {
    return "member " + name + " (" + MemberIds.hex(id)
        + ") was removed from the cluster and can never come back. To have a member here, delete its data directory,"
        + " add it (etcdctl member add) and start it with the initial cluster state \"existing\"";
  }
}
