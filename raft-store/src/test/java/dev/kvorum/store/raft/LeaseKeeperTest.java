package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.AppliedBatch;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.lease.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private static final long SECOND = 1_000_000_000;

  private long now = Long.MAX_VALUE - 5 * SECOND; // the clock may wrap
  private final LeaseKeeper keeper = new LeaseKeeper(() -> now, SECOND);

  @Test
  void aNewLeaderAddsAnElectionTimeoutToEveryLease() {
    keeper.lead(3, List.of(new Lease(1, 10, 0), new Lease(2, 1000, 4)));
    pass(4.9);
    assertThat(keeper.takeExpired()).isEmpty();
    pass(0.1);
    assertThat(keeper.takeExpired()).containsExactly(new Command.ExpireLease(2, 3));
    pass(5.9);
    assertThat(keeper.takeExpired()).isEmpty();
    pass(0.1);
    assertThat(keeper.takeExpired()).containsExactly(new Command.ExpireLease(1, 3));
  }

  @Test
  void aRenewalStartsTheFullTimeAfresh() {
    keeper.lead(1, List.of());
    grant(5, 2);
    pass(1.9);
    assertThat(keeper.renew(5)).isEqualTo(2);
    pass(1.9);
    assertThat(keeper.takeExpired()).isEmpty();
    assertThat(keeper.remainingSeconds(5)).isZero();
    pass(0.1);
    assertThat(keeper.takeExpired()).hasSize(1);
  }

  @Test
  void whatHasRunOutCannotBeRenewed() {
    keeper.lead(1, List.of());
    grant(5, 2);
    pass(2);
    assertThat(keeper.renew(5)).isZero();
    assertThat(keeper.takeExpired()).hasSize(1);
    assertThat(keeper.renew(5)).isZero();
    assertThat(keeper.takeExpired()).isEmpty(); // proposed already
    keeper.retryExpiry(5);
    assertThat(keeper.renew(5)).isZero();
    assertThat(keeper.takeExpired()).hasSize(1);
    assertThat(keeper.remainingSeconds(5)).isZero();
    apply(new Command.ExpireLease(5, 1), 9L);
    assertThat(keeper.remainingSeconds(5)).isEqualTo(-1);
    assertThat(keeper.renew(6)).isZero();
  }

  @Test
  void refusedCommandsChangeNothing() {
    keeper.lead(1, List.of());
    grant(5, 2);
    apply(new Command.GrantLease(5, 100), StoreException.of(StoreException.Kind.LEASE_EXISTS));
    apply(new Command.RevokeLease(6), StoreException.of(StoreException.Kind.LEASE_NOT_FOUND));
    pass(2);
    assertThat(keeper.takeExpired()).hasSize(1);
  }

  @Test
  void aLeaseGrantedAnewIsNotEndedByItsPredecessorsTime() {
    keeper.lead(1, List.of());
    grant(5, 2);
    apply(new Command.RevokeLease(5), 7L);
    grant(5, 60);
    pass(3);
    assertThat(keeper.takeExpired()).isEmpty();
  }

  @Test
  void fewAreEndedAtATime() {
    keeper.lead(1, List.of());
    LongStream.rangeClosed(1, 1200).forEach(id -> grant(id, 2));
    pass(2);
    assertThat(keeper.takeExpired()).hasSize(500);
    assertThat(keeper.takeExpired()).hasSize(500);
    assertThat(keeper.takeExpired()).hasSize(200);
  }

  @Test
  void manyThatWouldEndTogetherAfterAnElectionAreSpread() {
    List<Lease> leases = new ArrayList<>();
    LongStream.rangeClosed(1, 3000).forEach(id -> leases.add(new Lease(id, 10, 0)));
    keeper.lead(1, leases);
    pass(10.99);
    assertThat(expired()).isZero();
    pass(0.5);
    assertThat(expired()).isEqualTo(750);
    pass(1);
    assertThat(expired()).isEqualTo(750);
    pass(2);
    assertThat(expired()).isEqualTo(1500);
  }

  @Test
  void onlyTheLeaderAnswers() {
    keeper.lead(1, List.of(new Lease(1, 10, 0)));
    keeper.stopLeading();
    assertThat(keeper.takeExpired()).isEmpty();
    assertThatThrownBy(() -> keeper.renew(1))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NOT_LEADER));
    assertThatThrownBy(() -> keeper.remainingSeconds(1)).isInstanceOf(StoreException.class);
  }

  @Test
  void whatLongLeasesHaveLeftIsWrittenDown() {
    keeper.lead(1, List.of());
    grant(1, 300);
    grant(2, 1000);
    pass(100);
    assertThat(keeper.checkpoints()).containsExactly(new Command.LeaseCheckpoint(2, 900));
    keeper.renew(2);
    assertThat(keeper.checkpoints()).isEmpty();
  }

  private int expired() {
    int total = 0;
    int some;
    while ((some = keeper.takeExpired().size()) > 0) {
      total += some;
    }
    return total;
  }

  private void grant(long id, long ttl) {
    apply(new Command.GrantLease(id, ttl), new LeaseGrant(1, id, ttl));
  }

  private void apply(Command<?> command, Object result) {
    keeper.applied(
        List.of(new CommandBatch(1, 1, 1, 0, List.of(command))),
        new AppliedEntry(
            1, 1, 1, List.of(new AppliedBatch(1, 1, 1, false, List.of(result))), List.of()));
  }

  private void pass(double seconds) {
    now += Math.round(seconds * SECOND);
  }
}
