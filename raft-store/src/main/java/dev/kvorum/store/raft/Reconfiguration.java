package dev.kvorum.store.raft;

import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One step that brings Raft's configuration nearer to the table of members.
 *
 * @param kind what to do
 * @param id to whom
 */
record Reconfiguration(Kind kind, long id) {
  /** In the order in which they are tried. */
  enum Kind {
    /** First: the dead count against every majority. */
    REMOVE,
    PROMOTE,
    /** Last, because it takes as long as the new member needs to catch up. */
    ADD_VOTER,
    ADD_LEARNER
  }

  /** All steps that are left, in order. None of them removes {@code self}: somebody else has to lead then. */
  static List<Reconfiguration> steps(
      ClusterView table, Set<Long> voters, Set<Long> learners, long self) {
    List<Reconfiguration> steps = new ArrayList<>();
    for (Set<Long> ids : List.of(learners, voters)) {
      for (long id : ids) {
        if (id != self && !table.members().containsKey(id)) {
          steps.add(new Reconfiguration(Kind.REMOVE, id));
        }
      }
    }
    for (ClusterMember member : table.members().values()) {
      if (learners.contains(member.id()) && !member.learner()) {
        steps.add(new Reconfiguration(Kind.PROMOTE, member.id()));
      }
    }
    for (ClusterMember member : table.members().values()) {
      boolean hasStarted = !member.disk().isEmpty();
      if (hasStarted && !voters.contains(member.id()) && !learners.contains(member.id())) {
        steps.add(
            new Reconfiguration(member.learner() ? Kind.ADD_LEARNER : Kind.ADD_VOTER, member.id()));
      }
    }
    return steps;
  }
}
