package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.Reconfiguration.Kind.ADD_LEARNER;
import static dev.kvorum.store.raft.Reconfiguration.Kind.ADD_VOTER;
import static dev.kvorum.store.raft.Reconfiguration.Kind.PROMOTE;
import static dev.kvorum.store.raft.Reconfiguration.Kind.REMOVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReconfigurationTest {
  static LongStream seeds() {
    return dev.kvorum.store.testing.Seeds.all();
  }

  private static ClusterMember member(long id, boolean learner, boolean started) {
    return new ClusterMember(id, List.of(), learner, false, started ? "disk" : "");
  }

  private static ClusterView table(ClusterMember... members) {
    SortedMap<Long, ClusterMember> byId = new TreeMap<>();
    for (ClusterMember member : members) {
      byId.put(member.id(), member);
    }
    return new ClusterView(true, byId, Set.of());
  }

  @Test
  void theDeadLeaveFirstAndWhoNeverStartedWaits() {
    ClusterView table = table(
        member(1, false, true),
        member(2, false, true),
        member(4, false, true),
        member(5, true, true),
        member(6, false, false));
    assertThat(Reconfiguration.steps(table, Set.of(1L, 3L), Set.of(2L), 1))
        .containsExactly(
            new Reconfiguration(REMOVE, 3),
            new Reconfiguration(PROMOTE, 2),
            new Reconfiguration(ADD_VOTER, 4),
            new Reconfiguration(ADD_LEARNER, 5));
  }

  @Test
  void nobodyRemovesItself() {
    assertThat(Reconfiguration.steps(table(member(2, false, true)), Set.of(1L, 2L), Set.of(), 1))
        .isEmpty();
  }

  /** Wherever a leader stops, the next one gets to the same end. */
  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void stepsLeadFromAnywhereToTheTable(long seed) {
    Random random = new Random(seed);
    SortedMap<Long, ClusterMember> members = new TreeMap<>();
    Set<Long> voters = new TreeSet<>();
    Set<Long> learners = new TreeSet<>();
    for (long id = 1; id <= 6; id++) {
      if (random.nextInt(3) > 0) {
        members.put(id, member(id, random.nextInt(3) == 0, true));
      }
      switch (random.nextInt(3)) {
        case 0 -> voters.add(id);
        case 1 -> learners.add(id);
        default -> {}
      }
    }
    // There is no way back from voter to learner, and so no table that asks for it.
    members.replaceAll((id, each) ->
        voters.contains(id) ? new ClusterMember(id, List.of(), false, false, "disk") : each);
    long self = 7;
    members.put(self, member(self, false, true));
    voters.add(self);
    ClusterView table = new ClusterView(true, members, Set.of());
    for (int i = 0; i < 20; i++) {
      List<Reconfiguration> steps = Reconfiguration.steps(table, voters, learners, self);
      if (steps.isEmpty()) {
        break;
      }
      Reconfiguration step = steps.get(random.nextInt(steps.size()));
      switch (step.kind()) {
        case REMOVE -> {
          voters.remove(step.id());
          learners.remove(step.id());
        }
        case PROMOTE -> {
          learners.remove(step.id());
          voters.add(step.id());
        }
        case ADD_VOTER -> voters.add(step.id());
        case ADD_LEARNER -> learners.add(step.id());
      }
    }
    Set<Long> wantedVoters = new TreeSet<>();
    Set<Long> wantedLearners = new TreeSet<>();
    members.forEach((id, each) -> (each.learner() ? wantedLearners : wantedVoters).add(id));
    assertThat(voters).isEqualTo(wantedVoters);
    assertThat(learners).isEqualTo(wantedLearners);
  }
}
