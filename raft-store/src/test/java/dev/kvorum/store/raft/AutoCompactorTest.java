package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AutoCompactorTest {
  private long nanos;
  private long revision = 1;
  private boolean leading = true;
  private final List<Long> compactions = new ArrayList<>();
  private CompletableFuture<Long> outcome = CompletableFuture.completedFuture(1L);

  private AutoCompactor start(AutoCompaction how) {
    return AutoCompactor.of(how, () -> nanos, () -> revision, () -> leading, target -> {
          compactions.add(target);
          return outcome;
        })
        .orElseThrow();
  }

  /** Lets time pass, note by note; the store gets ten revisions each time. */
  private void pass(AutoCompactor compactor, int notes) {
    for (int i = 0; i < notes; i++) {
      revision += 10;
      nanos += compactor.interval().toNanos();
      compactor.step();
    }
  }

  @Test
  void offIsOff() {
    assertThat(AutoCompactor.of(
            new AutoCompaction.Off(), () -> 0, () -> 1, () -> true, target -> outcome))
        .isEmpty();
  }

  @Test
  void anHourIsKeptAndCompactedHourly() {
    AutoCompactor compactor = start(new AutoCompaction.Periodic(Duration.ofHours(1)));
    assertThat(compactor.interval()).isEqualTo(Duration.ofMinutes(6));
    pass(compactor, 9);
    assertThat(compactions).isEmpty();
    pass(compactor, 1);
    assertThat(compactions).containsExactly(1L);
    pass(compactor, 9);
    assertThat(compactions).hasSize(1);
    pass(compactor, 1);
    assertThat(compactions).containsExactly(1L, 91L);
  }

  @Test
  void aDayIsKeptAndCompactedHourly() {
    AutoCompactor compactor = start(new AutoCompaction.Periodic(Duration.ofHours(24)));
    assertThat(compactor.interval()).isEqualTo(Duration.ofMinutes(6));
    pass(compactor, 239);
    assertThat(compactions).isEmpty();
    pass(compactor, 1);
    assertThat(compactions).containsExactly(1L);
    pass(compactor, 20);
    assertThat(compactions).containsExactly(1L, 91L, 191L);
  }

  @Test
  void aFollowerFollowsAndGoesOnWhenItLeads() {
    AutoCompactor compactor = start(new AutoCompaction.Periodic(Duration.ofSeconds(10)));
    assertThat(compactor.interval()).isEqualTo(Duration.ofSeconds(1));
    leading = false;
    pass(compactor, 50);
    assertThat(compactions).isEmpty();
    leading = true;
    pass(compactor, 1);
    assertThat(compactions).containsExactly(401L);
  }

  @Test
  void aFailureIsTriedAgainAtTheNextNoteAndDoneByOthersIsDone() {
    AutoCompactor compactor = start(new AutoCompaction.Periodic(Duration.ofSeconds(10)));
    outcome = CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.TIMEOUT));
    pass(compactor, 10);
    outcome = CompletableFuture.failedFuture(StoreException.compacted(50));
    pass(compactor, 2);
    assertThat(compactions).containsExactly(1L, 1L);
    pass(compactor, 8);
    assertThat(compactions).hasSize(2);
  }

  @Test
  void oneIsUnderWayAtATimeAndNothingNewIsNothingToDo() {
    AutoCompactor compactor = start(new AutoCompaction.Periodic(Duration.ofSeconds(10)));
    outcome = new CompletableFuture<>();
    pass(compactor, 30);
    assertThat(compactions).containsExactly(1L);
    outcome.complete(1L);
    outcome = CompletableFuture.completedFuture(1L);
    pass(compactor, 10);
    assertThat(compactions).hasSize(2);
    for (int i = 0; i < 60; i++) {
      nanos += compactor.interval().toNanos();
      compactor.step();
    }
    int before = compactions.size();
    for (int i = 0; i < 60; i++) {
      nanos += compactor.interval().toNanos();
      compactor.step();
    }
    assertThat(compactions).hasSize(before);
  }

  @Test
  void soManyRevisionsAreKept() {
    AutoCompactor compactor = start(new AutoCompaction.Revisions(25));
    assertThat(compactor.interval()).isEqualTo(Duration.ofMinutes(5));
    pass(compactor, 4);
    assertThat(compactions).containsExactly(6L, 16L);
    compactor.step();
    assertThat(compactions).hasSize(2);
    leading = false;
    pass(compactor, 1);
    assertThat(compactions).hasSize(2);
  }
}
