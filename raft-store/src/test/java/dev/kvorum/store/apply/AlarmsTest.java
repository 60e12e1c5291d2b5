package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What alarms forbid, and that they are not forgotten. */
class AlarmsTest {
  private static final Alarm FULL = new Alarm(-7, Alarm.Type.NO_SPACE);
  private static final Alarm OTHER_FULL = new Alarm(3, Alarm.Type.NO_SPACE);
  private static final Alarm BAD = new Alarm(0, Alarm.Type.CORRUPT);

  private InMemoryEngine engine = new InMemoryEngine();
  private Applier applier = Applier.open(engine, ApplyConfig.defaults());
  private long index;

  private Object apply(Command<?> command) {
    index++;
    return applier
        .apply(1, index, List.of(new CommandBatch(1, 1, index, 0, List.of(command))))
        .batches()
        .getFirst()
        .results()
        .getFirst();
  }

  private void refused(Kind kind, Command<?> command) {
    long revision = applier.lastRevision();
    assertThat(apply(command))
        .isInstanceOfSatisfying(
            StoreException.class, refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    assertThat(applier.lastRevision()).isEqualTo(revision);
  }

  private static PutRequest putOf(String key) {
    return PutRequest.of(Bytes.utf8(key), Bytes.utf8("v"));
  }

  private static DeleteRequest deleteOf(String key) {
    return new DeleteRequest(KeyRange.single(Bytes.utf8(key)), false);
  }

  private static Command.Txn txn(List<Op> success, List<Op> failure) {
    return new Command.Txn(new TxnRequest(List.of(), success, failure));
  }

  @Test
  void raisingAndDisarmingAnswerTheAlarm() {
    assertThat(apply(new Command.RaiseAlarm(FULL))).isEqualTo(new Alarms(1, List.of(FULL)));
    assertThat(apply(new Command.RaiseAlarm(FULL))).isEqualTo(new Alarms(1, List.of(FULL)));
    apply(new Command.RaiseAlarm(BAD));
    apply(new Command.RaiseAlarm(OTHER_FULL));
    assertThat(applier.alarms()).containsExactly(OTHER_FULL, FULL, BAD);

    assertThat(apply(new Command.DisarmAlarm(FULL))).isEqualTo(new Alarms(1, List.of(FULL)));
    assertThat(apply(new Command.DisarmAlarm(FULL))).isEqualTo(new Alarms(1, List.of()));
    assertThat(applier.alarms()).containsExactly(OTHER_FULL, BAD);
  }

  @Test
  void withoutSpaceNothingThatTakesSpaceIsAccepted() {
    apply(new Command.Put(putOf("a")));
    apply(new Command.GrantLease(5, 100));
    apply(new Command.RaiseAlarm(FULL));

    refused(Kind.NO_SPACE, new Command.Put(putOf("b")));
    refused(Kind.NO_SPACE, new Command.GrantLease(6, 100));
    refused(Kind.NO_SPACE, txn(List.of(putOf("b")), List.of()));
    refused(Kind.NO_SPACE, txn(List.of(deleteOf("a")), List.of(putOf("b"))));
    refused(
        Kind.NO_SPACE,
        txn(
            List.of(deleteOf("a")),
            List.of(new TxnRequest(List.of(), List.of(), List.of(putOf("b"))))));

    apply(txn(List.of(deleteOf("a")), List.of()));
    assertThat(applier.lastRevision()).isEqualTo(3);
    assertThat(apply(new Command.RevokeLease(5))).isEqualTo(3L);
    assertThat(apply(new Command.Delete(deleteOf("a")))).isNotInstanceOf(StoreException.class);
    assertThat(apply(new Command.Compact(2))).isEqualTo(3L);
  }

  @Test
  void itTakesAllAlarmsOfATypeToBeOverForWritesToGoOn() {
    apply(new Command.RaiseAlarm(FULL));
    apply(new Command.RaiseAlarm(OTHER_FULL));
    apply(new Command.DisarmAlarm(FULL));
    refused(Kind.NO_SPACE, new Command.Put(putOf("b")));

    apply(new Command.DisarmAlarm(OTHER_FULL));

    assertThat(apply(new Command.Put(putOf("b")))).isNotInstanceOf(StoreException.class);
  }

  @Test
  void whatDisagreesIsNotChangedAnyMore() {
    apply(new Command.Put(putOf("a")));
    apply(new Command.GrantLease(5, 100));
    apply(new Command.RaiseAlarm(BAD));
    apply(new Command.RaiseAlarm(FULL));

    refused(Kind.CORRUPT, new Command.Put(putOf("b")));
    refused(Kind.CORRUPT, new Command.Delete(deleteOf("a")));
    refused(Kind.CORRUPT, txn(List.of(), List.of()));
    refused(Kind.CORRUPT, new Command.Compact(1));
    refused(Kind.CORRUPT, new Command.GrantLease(6, 100));
    refused(Kind.CORRUPT, new Command.RevokeLease(5));
    refused(Kind.CORRUPT, new Command.ExpireLease(5, 1));

    apply(new Command.DisarmAlarm(BAD));
    apply(new Command.DisarmAlarm(FULL));
    assertThat(apply(new Command.GrantLease(6, 100))).isEqualTo(new LeaseGrant(2, 6, 100));
  }

  @Test
  void alarmsSurviveACrash() {
    apply(new Command.RaiseAlarm(FULL));
    apply(new Command.RaiseAlarm(BAD));
    apply(new Command.DisarmAlarm(BAD));
    applier.flush();
    engine = engine.crashImage();
    applier = Applier.open(engine, ApplyConfig.defaults());

    assertThat(applier.alarms()).containsExactly(FULL);
    refused(Kind.NO_SPACE, new Command.Put(putOf("b")));
  }
}
