package dev.kvorum.store.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.ratis.util.CodeInjectionForTesting;

/**
 * Cuts members of this process off from each other: Raft's messages by Ratis' own injection points, ours by a failpoint.
 */
final class Partition implements Failpoints, AutoCloseable {
  private final Set<String> isolated = ConcurrentHashMap.newKeySet();
  private final LongAdder dropped = new LongAdder();

  Partition() {
    for (String point : new String[] {"appendEntries", "requestVote", "installSnapshot"}) {
      CodeInjectionForTesting.put("RaftServerImpl." + point, (local, remote, args) -> {
        drop(String.valueOf(local), String.valueOf(remote));
        return true;
      });
    }
  }

  void isolate(long member) {
    isolated.add(MemberIds.peerId(member).toString());
  }

  void heal() {
    isolated.clear();
  }

  /** How many messages did not get through; a partition that dropped none has tested nothing. */
  long dropped() {
    return dropped.sum();
  }

  @Override
  public void reached(String point) {
    if (point.startsWith("call ")) {
      String[] members = point.substring(point.lastIndexOf(' ') + 1).split(">", 2);
      drop(members[0], members[1]);
    }
  }

  private void drop(String from, String to) {
    if (!from.equals(to) && (isolated.contains(from) || isolated.contains(to))) {
      dropped.increment();
      throw new UncheckedIOException(
          new IOException("cut off by the test: " + from + " and " + to));
    }
  }

  @Override
  public void close() {
    heal();
    for (String point : new String[] {"appendEntries", "requestVote", "installSnapshot"}) {
      CodeInjectionForTesting.remove("RaftServerImpl." + point);
    }
  }
}
