package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ReadGateTest {
  private final Raft raft = new Raft();
  private final Map<Long, CompletableFuture<Boolean>> asked = new LinkedHashMap<>();
  private final ReadGate gate = new ReadGate(raft, (member, term) -> {
    assertThat(term).isEqualTo(7);
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    asked.put(member, answer);
    return answer;
  });

  @Test
  void aMajorityInTheSameTermConfirmsTheIndexNotedBefore() {
    raft.voters = new RaftView.Voters(Set.of(1L, 2L, 3L), Set.of());
    CompletableFuture<Long> index = gate.round();
    assertThat(asked).containsOnlyKeys(2L, 3L);
    raft.committed = 99; // moved on meanwhile
    assertThat(index).isNotDone();
    answer(3, true);
    assertThat(index.join()).isEqualTo(42);
  }

  @Test
  void oneMemberIsAMajorityOfItself() {
    raft.voters = new RaftView.Voters(Set.of(1L), Set.of());
    assertThat(gate.round().join()).isEqualTo(42);
    assertThat(asked).isEmpty();
  }

  @Test
  void votersInAnotherTermOrOutOfReachDoNotConfirm() {
    raft.voters = new RaftView.Voters(Set.of(1L, 2L, 3L), Set.of());
    CompletableFuture<Long> index = gate.round();
    answer(2, false);
    assertThat(index).isNotDone();
    java.util.Objects.requireNonNull(asked.get(3L))
        .completeExceptionally(new IllegalStateException("unreachable"));
    isNotLeader(index);
  }

  @Test
  void whileTheConfigurationChangesBothMustConfirm() {
    raft.voters = new RaftView.Voters(Set.of(1L, 4L, 5L), Set.of(1L, 2L, 3L));
    CompletableFuture<Long> index = gate.round();
    answer(4, true);
    answer(5, true);
    assertThat(index).isNotDone();
    answer(2, true);
    assertThat(index.join()).isEqualTo(42);
  }

  @Test
  void aLeaderThatIsNotReadyHasNothingToConfirm() {
    raft.ready = false;
    isNotLeader(gate.round());
    assertThat(asked).isEmpty();
  }

  @Test
  void leadershipLostDuringTheRoundEndsIt() {
    raft.voters = new RaftView.Voters(Set.of(1L, 2L, 3L), Set.of());
    CompletableFuture<Long> index = gate.round();
    raft.term = 8;
    answer(2, true);
    isNotLeader(index);
  }

  @Test
  void aLeaderOutsideItsConfigurationNeedsAMajorityOfTheOthers() {
    raft.voters = new RaftView.Voters(Set.of(2L, 3L, 4L), Set.of());
    CompletableFuture<Long> index = gate.round();
    answer(2, true);
    assertThat(index).isNotDone();
    answer(3, true);
    assertThat(index.join()).isEqualTo(42);
  }

  @Test
  void whoComesDuringARoundWaitsForTheNext() {
    List<CompletableFuture<Long>> rounds = new ArrayList<>();
    List<String> settled = new ArrayList<>();
    RoundBatcher<String> batcher = new RoundBatcher<>(
        () -> {
          CompletableFuture<Long> round = new CompletableFuture<>();
          rounds.add(round);
          return round;
        },
        (waiters, index, failure) -> settled.add(waiters + "@" + index));
    batcher.join("a");
    batcher.join("b");
    batcher.join("c");
    assertThat(rounds).hasSize(1);
    rounds.get(0).complete(1L);
    assertThat(settled).containsExactly("[a]@1");
    assertThat(rounds).hasSize(2);
    batcher.join("d");
    rounds.get(1).completeExceptionally(new IllegalStateException("failed"));
    assertThat(settled).containsExactly("[a]@1", "[b, c]@0");
    rounds.get(2).complete(3L);
    assertThat(settled).containsExactly("[a]@1", "[b, c]@0", "[d]@3");
    batcher.join("e");
    assertThat(rounds).hasSize(4);
  }

  private void answer(long member, boolean yes) {
    java.util.Objects.requireNonNull(asked.get(member)).complete(yes);
  }

  private static void isNotLeader(CompletableFuture<Long> index) {
    assertThat(index).isDone();
    assertThatThrownBy(index::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NOT_LEADER));
  }

  private static final class Raft implements RaftView {
    private long term = 7;
    private long committed = 42;
    private boolean ready = true;
    private Voters voters = new Voters(Set.of(1L), Set.of());

    @Override
    public long selfId() {
      return 1;
    }

    @Override
    public long term() {
      return term;
    }

    @Override
    public boolean isLeaderReady() {
      return ready;
    }

    @Override
    public long leaderId() {
      return 1;
    }

    @Override
    public long committedIndex() {
      return committed;
    }

    @Override
    public Voters voters() {
      return voters;
    }
  }
}
