package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.lease.Lease;
import dev.kvorum.store.lease.LeaseView;
import dev.kvorum.store.mvcc.View;
import dev.kvorum.store.testing.InMemoryEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private InMemoryEngine engine = new InMemoryEngine();
  private Applier applier = open();

  private Applier open() {
    return Applier.open(engine, ApplyConfig.defaults());
  }

  private void crash() {
    engine = engine.crashImage();
    applier = open();
  }

  private static CommandBatch batch(
      long origin, long incarnation, long sequence, Command<?>... commands) {
    return new CommandBatch(origin, incarnation, sequence, 0, List.of(commands));
  }

  private static Command<?> put(String key) {
    return new Command.Put(PutRequest.of(Bytes.utf8(key), Bytes.utf8("v")));
  }

  private Object only(AppliedEntry entry) {
    assertThat(entry.batches()).hasSize(1);
    assertThat(entry.batches().getFirst().results()).hasSize(1);
    return entry.batches().getFirst().results().getFirst();
  }

  @Test
  void aFreshStoreIsAtRevisionOne() {
    assertThat(applier.lastRevision()).isEqualTo(1);
    assertThat(applier.compactRevision()).isZero();
    assertThat(applier.appliedPosition()).isEqualTo(LogPosition.NONE);
    assertThat(applier.persistedPosition()).isEqualTo(LogPosition.NONE);
  }

  @Test
  void anEntryThatComesAgainDoesNothing() {
    applier.apply(1, 5, List.of(batch(1, 1, 1, put("a"))));

    AppliedEntry again = applier.apply(1, 5, List.of(batch(2, 1, 1, put("b"))));

    assertThat(again.batches()).isEmpty();
    assertThat(again.events()).isEmpty();
    assertThat(applier.lastRevision()).isEqualTo(2);
    assertThat(applier.skippedEntries()).isEqualTo(1);
  }

  @Test
  void theTermNeverFalls() {
    applier.apply(2, 5, List.of(batch(1, 1, 1, put("a"))));

    assertThatThrownBy(() -> applier.apply(1, 6, List.of(batch(1, 1, 2, put("b")))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aBatchSentTwiceIsAppliedOnce() {
    applier.apply(1, 1, List.of(batch(7, 1, 1, put("a")), batch(7, 1, 2, put("b"))));

    AppliedEntry entry = applier.apply(
        1,
        2,
        List.of(batch(7, 1, 2, put("b")), batch(8, 1, 2, put("c")), batch(7, 1, 3, put("d"))));

    assertThat(entry.batches())
        .extracting(AppliedBatch::duplicate)
        .containsExactly(true, false, false);
    assertThat(entry.batches().getFirst().results()).isEmpty();
    assertThat(applier.lastRevision()).isEqualTo(5);
  }

  @Test
  void aNewIncarnationStartsCountingAgainAndEndsTheOldOne() {
    applier.apply(1, 1, List.of(batch(7, 1, 10, put("a"))));

    AppliedEntry entry =
        applier.apply(1, 2, List.of(batch(7, 2, 1, put("b")), batch(7, 1, 11, put("c"))));

    assertThat(entry.batches()).extracting(AppliedBatch::duplicate).containsExactly(false, true);
  }

  @Test
  void whatWasSeenOfAnOriginSurvivesACrash() {
    applier.apply(1, 1, List.of(batch(-7, 5, 10, put("a"))));
    applier.flush();
    crash();

    AppliedEntry entry = applier.apply(1, 2, List.of(batch(-7, 5, 10, put("a"))));

    assertThat(entry.batches().getFirst().duplicate()).isTrue();
  }

  @Test
  void aFailedCommandDoesNotDisturbItsNeighbours() {
    AppliedEntry entry = applier.apply(
        1, 1, List.of(batch(1, 1, 1, put("a"), new Command.RevokeLease(9), put("b"))));

    List<Object> results = entry.batches().getFirst().results();
    assertThat(results.get(1)).isInstanceOf(StoreException.class);
    assertThat(entry.revision()).isEqualTo(3);
    assertThat(entry.events()).hasSize(2);
  }

  @Test
  void positionAndDataAreDurableTogether() {
    applier.apply(1, 1, List.of(batch(1, 1, 1, put("a"))));
    assertThat(applier.persistedPosition()).isEqualTo(LogPosition.NONE);
    assertThat(applier.flush()).isEqualTo(new LogPosition(1, 1));
    applier.apply(1, 2, List.of(batch(1, 1, 2, put("b"))));
    assertThat(applier.persistedPosition()).isEqualTo(new LogPosition(1, 1));

    crash();

    assertThat(applier.appliedPosition()).isEqualTo(new LogPosition(1, 1));
    assertThat(applier.lastRevision()).isEqualTo(2);
  }

  @Test
  void entriesOfRaftsOwnAreNotedWithTheNextFlush() {
    applier.apply(1, 1, List.of(batch(1, 1, 1, put("a"))));
    applier.noteIndex(2, 2);
    applier.noteIndex(2, 1);
    assertThat(applier.appliedPosition()).isEqualTo(new LogPosition(2, 2));

    assertThat(applier.flush()).isEqualTo(new LogPosition(2, 2));

    crash();
    assertThat(applier.appliedPosition()).isEqualTo(new LogPosition(2, 2));
    assertThat(applier.lastRevision()).isEqualTo(2);
    assertThat(applier.compactRevision()).isZero();
    applier.apply(2, 3, List.of(batch(1, 1, 2, new Command.Compact(0))));
  }

  @Test
  void nothingIsVisibleWhenTheWriteFails() {
    applier.apply(1, 1, List.of(batch(1, 1, 1, put("a"), new Command.GrantLease(1, 5))));
    View before = applier.view();
    LeaseView leases = applier.leases();
    engine.failWrites(new UncheckedIOException(new IOException("no space")));

    assertThatThrownBy(() -> applier.apply(
            1,
            2,
            List.of(
                batch(1, 1, 2, put("b"), new Command.GrantLease(2, 5), new Command.Compact(2)))))
        .isInstanceOf(UncheckedIOException.class);

    assertThat(applier.appliedIndex()).isEqualTo(1);
    assertThat(applier.lastRevision()).isEqualTo(2);
    assertThat(applier.compactRevision()).isZero();
    assertThat(applier.leases().all()).isEqualTo(leases.all());
    assertThat(applier.view().range(RangeRequest.latest(KeyRange.ALL)))
        .isEqualTo(before.range(RangeRequest.latest(KeyRange.ALL)));
    assertThatThrownBy(() -> applier.apply(1, 2, List.of(batch(1, 1, 2, put("b")))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> applier.flush()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDeposedLeaderCannotExpireALease() {
    applier.apply(4, 1, List.of(batch(1, 1, 1, new Command.GrantLease(9, 5))));

    Object refused =
        only(applier.apply(5, 2, List.of(batch(1, 1, 2, new Command.ExpireLease(9, 4)))));
    assertThat(refused)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NOT_LEADER));
    assertThat(applier.leases().get(9)).isNotNull();

    applier.apply(5, 3, List.of(batch(1, 1, 3, new Command.ExpireLease(9, 5))));
    assertThat(applier.leases().get(9)).isNull();
  }

  @Test
  void checkpointsOfLeasesSurviveACrash() {
    applier.apply(
        1,
        1,
        List.of(batch(
            1,
            1,
            1,
            new Command.GrantLease(-3, 600),
            new Command.CheckpointLeases(List.of(
                new Command.LeaseCheckpoint(-3, 123), new Command.LeaseCheckpoint(4, 1))))));
    applier.flush();
    crash();

    assertThat(applier.leases().all()).containsExactly(new Lease(-3, 600, 123));
    assertThat(applier.leases().size()).isEqualTo(1);
  }

  @Test
  void aKeyMovedToAnotherLeaseOutlivesItsFirst() {
    applier.apply(
        1,
        1,
        List.of(batch(
            1,
            1,
            1,
            new Command.GrantLease(1, 5),
            new Command.GrantLease(2, 5),
            new Command.Put(leased("a", 1)),
            new Command.Put(leased("b", 1)),
            new Command.Put(leased("c", 1)),
            new Command.Put(leased("b", 2)),
            new Command.Put(leased("c", 0)),
            new Command.RevokeLease(1))));

    assertThat(applier.view().range(RangeRequest.latest(KeyRange.ALL)).keyValues())
        .extracting(each -> each.key().toUtf8())
        .containsExactly("b", "c");
    assertThat(applier.leases().keys(2)).containsExactly(Bytes.utf8("b"));
  }

  private static PutRequest leased(String key, long lease) {
    return new PutRequest(Bytes.utf8(key), Bytes.EMPTY, lease, false, false, false);
  }

  @Test
  void membersAreRememberedByTheirLastIncarnation() {
    Member old = new Member(-2, "old", List.of("p"), List.of("c"), false);
    Member now = new Member(-2, "now", List.of("p"), List.of("c", "d"), false);
    applier.apply(
        1,
        1,
        List.of(batch(
            1,
            1,
            1,
            new Command.PublishMember(now, 7),
            new Command.PublishMember(old, 6),
            new Command.PublishMember(new Member(1, "other", List.of(), List.of(), true), 1))));
    applier.flush();
    crash();

    assertThat(applier.members().keySet()).containsExactly(1L, -2L);
    assertThat(applier.members().get(-2L)).isEqualTo(new PublishedMember(now, 7));
  }

  @Test
  void whatARemovedMemberSaidOfItselfIsForgotten() {
    Member first = new Member(1, "m1", List.of("http://m1:1"), List.of(), false);
    Member second = new Member(2, "m2", List.of("http://m2:1"), List.of(), false);
    applier.apply(
        1,
        1,
        List.of(batch(
            7,
            1,
            1,
            new Command.MembershipChange.FoundCluster(List.of(first, second)),
            new Command.PublishMember(first, 1),
            new Command.PublishMember(second, 1),
            new Command.MembershipChange.RemoveMember(2, false))));
    assertThat(applier.cluster().members()).containsOnlyKeys(1L);
    assertThat(applier.members()).containsOnlyKeys(1L);
    applier.flush();
    crash();
    assertThat(applier.members()).containsOnlyKeys(1L);
  }

  @Test
  void aViewThatCompactionOvertookFailsInsteadOfLeavingKeysOut() {
    applier.apply(1, 1, List.of(batch(1, 1, 1, put("a"), put("b"), put("a"), put("a"))));
    View old = applier.view();
    RangeRequest all = RangeRequest.of(KeyRange.ALL, 3, 0);
    RangeRequest single = RangeRequest.of(KeyRange.single(Bytes.utf8("a")), 3, 0);
    assertThat(old.range(all).keyValues()).hasSize(2);
    assertThat(old.range(single).keyValues()).hasSize(1);

    applier.apply(1, 2, List.of(batch(1, 1, 2, new Command.Compact(5))));
    while (!applier.compactStep(100).finished()) {}

    for (RangeRequest request : List.of(all, single)) {
      assertThatThrownBy(() -> old.range(request))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.compactRevision()).isEqualTo(5));
    }
    assertThatThrownBy(() -> old.page(KeyRange.ALL, 3, 10, 1000, true))
        .isInstanceOf(StoreException.class);
    assertThat(old.range(RangeRequest.latest(KeyRange.ALL)).keyValues()).hasSize(2);
  }

  @Test
  void aMissingRowAmongManyIsNotReplacedByAnOlderOne() {
    applier = Applier.open(engine, new ApplyConfig(0, 0, rows -> {}));
    Command<?>[] puts = new Command<?>[20 * 12];
    for (int i = 0; i < puts.length; i++) {
      puts[i] = put("key" + (10 + i % 20));
    }
    applier.apply(1, 1, List.of(batch(1, 1, 1, puts)));
    assertThat(applier.view().range(RangeRequest.latest(KeyRange.ALL)).keyValues())
        .hasSize(20);

    EngineBatch lost = new EngineBatch();
    lost.delete(Family.KV, engine.rows(Family.KV).get(10 * 12).getKey());
    engine.write(lost);

    assertThatThrownBy(() -> applier.view().range(RangeRequest.latest(KeyRange.ALL)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no row for version");
  }

  @Test
  void aMissingRowIsCorruptionUnlessCompactionTookIt() {
    ApplyConfig withoutCache = new ApplyConfig(0, 0, rows -> {});
    applier = Applier.open(engine, withoutCache);
    applier.apply(1, 1, List.of(batch(1, 1, 1, put("a"), put("b"))));
    View old = applier.view();
    applier.apply(1, 2, List.of(batch(1, 1, 2, put("a"), new Command.Compact(4))));
    while (!applier.compactStep(100).finished()) {}

    assertThatThrownBy(() -> old.range(RangeRequest.latest(KeyRange.ALL)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.COMPACTED));

    EngineBatch lost = new EngineBatch();
    engine.rows(Family.KV).forEach(row -> lost.delete(Family.KV, row.getKey()));
    engine.write(lost);
    assertThatThrownBy(() -> applier.view().range(RangeRequest.latest(KeyRange.ALL)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no row for version");
  }

  @Test
  void aStateForANewClusterKeepsDataAndForgetsTheLog() {
    applier.apply(
        3,
        90,
        List.of(batch(
            7,
            5,
            10,
            put("a"),
            new Command.GrantLease(1, 5),
            new Command.MembershipChange.FoundCluster(
                List.of(new Member(1, "", List.of("http://m:1"), List.of(), false))),
            new Command.PublishMember(new Member(1, "m", List.of(), List.of(), true), 1),
            new Command.Compact(2))));

    Applier.forgetLog(engine);
    crash();

    assertThat(applier.appliedPosition()).isEqualTo(LogPosition.NONE);
    assertThat(applier.members()).isEmpty();
    assertThat(applier.cluster().founded()).isFalse();
    assertThat(applier.cluster().members()).isEmpty();
    assertThat(applier.lastRevision()).isEqualTo(2);
    assertThat(applier.compactRevision()).isEqualTo(2);
    assertThat(applier.leases().size()).isEqualTo(1);
    AppliedEntry entry = applier.apply(1, 1, List.of(batch(7, 1, 1, put("b"))));
    assertThat(entry.batches().getFirst().duplicate()).isFalse();
    assertThat(entry.revision()).isEqualTo(3);
  }
}
