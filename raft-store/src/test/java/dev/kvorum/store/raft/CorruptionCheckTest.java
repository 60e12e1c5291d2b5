package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CorruptionCheckTest {
  private static final HistoryHash GOOD = new HistoryHash(1, 10, 5, 12);
  private static final HistoryHash BAD = new HistoryHash(2, 10, 5, 12);

  private final Map<Long, HistoryHash> answers = new HashMap<>();
  private final List<Alarm> raised = new ArrayList<>();

  private CorruptionCheck.Verdict check(HistoryHash own, Long... others) {
    return new CorruptionCheck(
            1,
            () -> List.of(others),
            revision -> CompletableFuture.completedFuture(own),
            (member, revision) -> {
              assertThat(revision).isEqualTo(own.hashRevision());
              HistoryHash answer = answers.get(member);
              return answer == null
                  ? CompletableFuture.failedFuture(
                      StoreException.of(StoreException.Kind.FUTURE_REVISION))
                  : CompletableFuture.completedFuture(answer);
            },
            alarm -> {
              raised.add(alarm);
              return CompletableFuture.completedFuture(true);
            })
        .checkAndRaise(0)
        .join();
  }

  @Test
  void thoseThatAgreeAreLeftInPeace() {
    answers.put(2L, GOOD);
    answers.put(3L, GOOD);
    assertThat(check(GOOD, 2L, 3L)).isEqualTo(new CorruptionCheck.Verdict(3, List.of()));
    assertThat(raised).isEmpty();
  }

  @Test
  void aMinorityIsWrong() {
    answers.put(2L, GOOD);
    answers.put(3L, BAD);
    check(GOOD, 2L, 3L);
    assertThat(raised).containsExactly(new Alarm(3, Alarm.Type.CORRUPT));
  }

  @Test
  void theLeaderCanBeTheOne() {
    answers.put(2L, GOOD);
    answers.put(3L, GOOD);
    check(BAD, 2L, 3L);
    assertThat(raised).containsExactly(new Alarm(1, Alarm.Type.CORRUPT));
  }

  @Test
  void withoutAMajorityTheWholeClusterIsInDoubt() {
    answers.put(2L, BAD);
    assertThat(check(GOOD, 2L, 3L).suspects()).containsExactly(0L);
    assertThat(raised).containsExactly(new Alarm(0, Alarm.Type.CORRUPT));
  }

  @Test
  void whoCannotBeComparedIsPassedOver() {
    answers.put(2L, new HistoryHash(7, 10, 8, 12));
    assertThat(check(GOOD, 2L, 3L)).isEqualTo(new CorruptionCheck.Verdict(1, List.of()));
    assertThat(raised).isEmpty();
  }
}
