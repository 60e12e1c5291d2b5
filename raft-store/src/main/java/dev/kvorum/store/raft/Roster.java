package dev.kvorum.store.raft;

import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Who belongs to the cluster and where they are reached, as far as this process knows: from the replicated table, from
 * Raft's configuration, and from what it was told before it had either. Any thread; plain memory reads.
 */
final class Roster {
  /** What an id is to this cluster. */
  enum Standing {
    MEMBER,
    STRANGER,
    /** Was a member; nothing that Raft still has to decide needs it any more. */
    REMOVED
  }

  private final Supplier<ClusterView> table;
  private final Supplier<RatisDivision.Configuration> raft;
  private final Map<Long, List<String>> toldAtStart;

  Roster(
      Supplier<ClusterView> table,
      Supplier<RatisDivision.Configuration> raft,
      Map<Long, List<String>> toldAtStart) {
    this.table = table;
    this.raft = raft;
    this.toldAtStart = Map.copyOf(toldAtStart);
  }

  Standing standing(long id) {
    ClusterView view = table.get();
    RatisDivision.Configuration configuration = raft.get();
    if (view.members().containsKey(id) || configuration.contains(id)) {
      return Standing.MEMBER;
    }
    if (view.isRemoved(id)) {
      // Until the configuration without it is committed, a vote or an entry of it may be needed.
      return configuration.settled() ? Standing.REMOVED : Standing.MEMBER;
    }
    return !view.founded() && toldAtStart.containsKey(id) ? Standing.MEMBER : Standing.STRANGER;
  }

  /** Where a member is reached now. */
  Optional<RaftConfig.HostPort> address(long id) {
    ClusterMember member = table.get().members().get(id);
    if (member != null) {
      return PeerUrls.address(member.peerUrls());
    }
    Optional<RaftConfig.HostPort> known = raft.get().address(id);
    if (known.isPresent()) {
      return known;
    }
    List<String> told = toldAtStart.get(id);
    return told == null ? Optional.empty() : PeerUrls.address(told);
  }

  /** Everybody who may be reached, except {@code self}. */
  Set<Long> others(long self) {
    Set<Long> ids = new TreeSet<>(Long::compareUnsigned);
    ClusterView view = table.get();
    ids.addAll(view.members().keySet());
    ids.addAll(raft.get().ids());
    if (!view.founded()) {
      ids.addAll(toldAtStart.keySet());
    }
    ids.remove(self);
    return ids;
  }
}
