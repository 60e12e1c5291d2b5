package dev.kvorum.store.raft;

import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.apply.AppliedBatch;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what was done to keys and leases: changes as they are applied, on every member alike whoever asked for them, and
 * reads where they are served. What failed does not count. Thread-safe.
 */
public final class OperationCounts {
  public final LongAdder ranges = new LongAdder();
  public final LongAdder puts = new LongAdder();
  public final LongAdder deletes = new LongAdder();
  /** Transactions of two operations or more. */
  public final LongAdder txns = new LongAdder();

  public final LongAdder leasesGranted = new LongAdder();
  /** Leases that were ended, by somebody or by time. */
  public final LongAdder leasesRevoked = new LongAdder();
  /** Renewals that this member granted as the leader. */
  public final LongAdder leasesRenewed = new LongAdder();

  OperationCounts() {}

  /** A read that was served, or a change that was made. */
  void count(OpResult result) {
    if (operations(result) > 1) {
      txns.increment();
    }
  }

  private int operations(OpResult result) {
    return switch (result) {
      case RangeResult range -> {
        ranges.increment();
        yield 1;
      }
      case PutResult put -> {
        puts.increment();
        yield 1;
      }
      case DeleteResult delete -> {
        deletes.increment();
        yield 1;
      }
      case TxnResult txn -> {
        int sum = 0;
        for (OpResult each : txn.results()) {
          sum += operations(each);
        }
        yield sum;
      }
    };
  }

  /** What an entry did. */
  void applied(List<CommandBatch> batches, AppliedEntry entry) {
    List<AppliedBatch> done = entry.batches();
    for (int i = 0; i < done.size(); i++) {
      List<Command<?>> commands = batches.get(i).commands();
      List<Object> results = done.get(i).results(); // none if it had been applied before
      for (int j = 0; j < results.size(); j++) {
        Object result = results.get(j);
        if (result instanceof OpResult operation) {
          count(operation);
        } else if (!(result instanceof StoreException)) {
          countLeases(commands.get(j).bare());
        }
      }
    }
  }

  private void countLeases(Command<?> command) {
    if (command instanceof Command.GrantLease) {
      leasesGranted.increment();
    } else if (command instanceof Command.RevokeLease || command instanceof Command.ExpireLease) {
      leasesRevoked.increment();
    }
  }
}
