package dev.kvorum.store.apply;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.alarm.AlarmTable;
import dev.kvorum.store.command.Command;
import java.util.List;

/** What may not be done while an alarm is on. Decided as a command is applied, so that every member decides alike. */
final class AlarmGate {
  private AlarmGate() {}

  /**
   * Lets a command pass or refuses it.
   *
   * @throws StoreException of kind {@code CORRUPT} or {@code NO_SPACE}
   */
  static void check(AlarmTable alarms, Command<?> command) {
    if (alarms.isOn(Alarm.Type.CORRUPT) && changesKeys(command)) {
      throw StoreException.of(StoreException.Kind.CORRUPT);
    }
    if (alarms.isOn(Alarm.Type.NO_SPACE) && takesSpace(command)) {
      throw StoreException.of(StoreException.Kind.NO_SPACE);
    }
  }

  private static boolean changesKeys(Command<?> command) {
    return command instanceof Command.Put
        || command instanceof Command.Delete
        || command instanceof Command.Txn
        || command instanceof Command.Compact
        || command instanceof Command.GrantLease
        || command instanceof Command.RevokeLease
        || command instanceof Command.ExpireLease;
  }

  private static boolean takesSpace(Command<?> command) {
    return command instanceof Command.Put
        || command instanceof Command.GrantLease
        || (command instanceof Command.Txn txn && puts(txn.request()));
  }

  /** Whether a branch puts something, taken or not. */
  private static boolean puts(TxnRequest txn) {
    return puts(txn.success()) || puts(txn.failure());
  }

  private static boolean puts(List<Op> ops) {
    for (Op op : ops) {
      if (op instanceof PutRequest || (op instanceof TxnRequest nested && puts(nested))) {
        return true;
      }
    }
    return false;
  }
}
