package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SpaceQuotaTest {
  private static final Alarm MINE = new Alarm(7, Alarm.Type.NO_SPACE);

  private long size;
  private final List<Alarm> alarms = new ArrayList<>();
  private final List<Alarm> raised = new ArrayList<>();
  private CompletableFuture<Object> raising = new CompletableFuture<>();
  private final SpaceQuota quota = quota(1000);

  private SpaceQuota quota(long bytes) {
    return new SpaceQuota(bytes, 7, () -> size, () -> List.copyOf(alarms), alarm -> {
      raised.add(alarm);
      return raising;
    });
  }

  private static List<Event> aPut() {
    return List.of(Event.put(KeyValue.of(Bytes.utf8("k"), 2, 2, 1, Bytes.EMPTY, 0), null));
  }

  private static List<Event> aDeletion() {
    return List.of(Event.delete(KeyValue.tombstone(Bytes.utf8("k"), 3), null));
  }

  @Test
  void whatFitsIsAdmittedAndCounted() {
    assertThat(quota.admit(600)).isTrue();
    assertThat(quota.admit(400)).isFalse();
    assertThat(quota.admit(399)).isTrue();
    assertThat(quota.admit(0)).isTrue();
  }

  @Test
  void whenSpaceWasFreedUnderTheAlarmNothingIsRefusedForWhatWasMeasuredBefore() {
    size = 1000;
    quota.measure();
    alarms.add(MINE);
    assertThat(quota.admit(1)).isFalse();
    size = 10;
    alarms.clear();
    long bound = System.nanoTime() + 10_000_000_000L;
    while (!quota.admit(1)) { // a moment ago is fresh enough
      alarms.add(MINE);
      assertThat(quota.admit(2000)).isFalse();
      alarms.clear();
      assertThat(System.nanoTime()).isLessThan(bound);
    }
  }

  @Test
  void theMeasuredSizeTakesThePlaceOfWhatWasCounted() {
    quota.admit(900);
    size = 100;
    quota.measure();
    assertThat(quota.admit(899)).isTrue();
    assertThat(quota.admit(1)).isFalse();
  }

  @Test
  void theRefusalWaitsForTheAlarmWhichIsRaisedOnce() {
    CompletableFuture<Object> first = quota.refuse(CallContext.inline());
    CompletableFuture<Object> second = quota.refuse(CallContext.inline());
    assertThat(first).isNotDone();
    assertThat(raised).containsExactly(MINE);

    alarms.add(MINE);
    raising.complete(true);

    for (CompletableFuture<Object> refused :
        List.of(first, second, quota.refuse(CallContext.inline()))) {
      assertThat(refused.exceptionNow())
          .isInstanceOfSatisfying(
              StoreException.class,
              failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.NO_SPACE));
    }
    assertThat(raised).containsExactly(MINE);
  }

  @Test
  void anAlarmThatCouldNotBeRaisedIsTriedAgain() {
    var unused = quota.refuse(CallContext.inline());
    raising.completeExceptionally(StoreException.of(StoreException.Kind.TIMEOUT));
    raising = new CompletableFuture<>();

    unused = quota.refuse(CallContext.inline());

    assertThat(raised).containsExactly(MINE, MINE);
  }

  @Test
  void putsOfOthersRaiseTheAlarmToo() {
    size = 1000;
    quota.measure();
    quota.applied(aDeletion());
    quota.measure();
    assertThat(raised).isEmpty();

    quota.applied(aPut());
    quota.measure();

    assertThat(raised).containsExactly(MINE);
  }

  @Test
  void thereIsNoBoundWithoutAQuota() {
    SpaceQuota none = quota(-1);
    size = Long.MAX_VALUE;
    none.applied(aPut());
    none.measure();
    assertThat(none.admit(Long.MAX_VALUE)).isTrue();
    assertThat(raised).isEmpty();
  }

  @Test
  void aTransactionCostsItsDearerBranch() {
    PutRequest small = PutRequest.of(Bytes.utf8("a"), Bytes.utf8("v"));
    PutRequest large = PutRequest.of(Bytes.utf8("b"), Bytes.utf8("0123456789"));
    DeleteRequest delete = new DeleteRequest(KeyRange.ALL, false);

    assertThat(SpaceCost.of(small)).isEqualTo(258);
    assertThat(SpaceCost.of(new TxnRequest(List.of(), List.of(small, small), List.of(large))))
        .isEqualTo(516);
    assertThat(SpaceCost.of(new TxnRequest(
            List.of(),
            List.of(),
            List.of(new TxnRequest(List.of(), List.of(delete), List.of(large)), small))))
        .isEqualTo(267 + 258);
    assertThat(SpaceCost.of(new TxnRequest(List.of(), List.of(delete), List.of())))
        .isZero();
  }
}
