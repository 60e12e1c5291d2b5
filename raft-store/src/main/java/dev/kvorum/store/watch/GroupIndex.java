package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The groups of one loop, found by the keys they want. A group is here while it has watchers. Confined to its loop.
 */
final class GroupIndex {
  /** The groups of one range; they differ in their filters, so there are four at most. */
  private final KeyIndex<List<WatchGroup>> groupsByRange = new KeyIndex<>();

  boolean isEmpty() {
    return groupsByRange.isEmpty();
  }

  /** Adds a watcher to its group. */
  void join(Watcher watcher) {
    KeyRange range = watcher.range;
    List<WatchGroup> groups = groupsByRange.get(range);
    if (groups == null) {
      groups = new ArrayList<>(1);
      groupsByRange.add(range, groups);
    }
    WatchRequest request = watcher.request;
    for (WatchGroup group : groups) {
      if (group.noPut == request.noPut() && group.noDelete == request.noDelete()) {
        group.add(watcher);
        return;
      }
    }
    WatchGroup group = new WatchGroup(range, request.noPut(), request.noDelete());
    groups.add(group);
    group.add(watcher);
  }

  /** Takes a watcher out of its group. */
  void leave(Watcher watcher) {
    WatchGroup group = watcher.group;
    if (group == null) {
      throw new IllegalStateException("watcher " + watcher.id + " is in no group");
    }
    group.remove(watcher);
    if (!group.isEmpty()) {
      return;
    }
    List<WatchGroup> groups = groupsByRange.get(group.range);
    if (groups != null && groups.remove(group) && groups.isEmpty()) {
      groupsByRange.remove(group.range);
    }
  }

  /** Passes the groups of every range that contains the event's key to {@code visitor}; filters are left to it. */
  void forEachContaining(Event event, Consumer<? super List<WatchGroup>> visitor) {
    groupsByRange.forEachContaining(event.kv().key(), visitor);
  }
}
