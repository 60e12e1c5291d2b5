package dev.kvorum.store.cluster;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The members at one moment; immutable.
 *
 * @param founded whether the founding members were written down; if not, nothing else is known either
 * @param members by unsigned id
 * @param removed ids that were members and never will be again
 */
public record ClusterView(
    boolean founded, SortedMap<Long, ClusterMember> members, Set<Long> removed) {
  public ClusterView {
    TreeMap<Long, ClusterMember> copy = new TreeMap<>(Long::compareUnsigned);
    copy.putAll(members);
    members = Collections.unmodifiableSortedMap(copy);
    SortedSet<Long> ids = new TreeSet<>(Long::compareUnsigned);
    ids.addAll(removed);
    removed = Collections.unmodifiableSortedSet((TreeSet<Long>) ids);
  }

  public boolean isRemoved(long id) {
    return removed.contains(id);
  }
}
