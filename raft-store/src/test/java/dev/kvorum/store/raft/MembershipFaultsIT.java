package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.admin;
import static dev.kvorum.store.raft.TestCluster.awaitMembers;
import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.ClusterAdmin;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Membership changes that meet crashes, each other, and a load. */
class MembershipFaultsIT {
  @TempDir
  Path root;

  private static CallContext inline() {
    return CallContext.inline();
  }

  /** The log says that a member is removed, Raft's configuration does not yet, and the leader is gone. */
  @Test
  void theNextLeaderFinishesWhatTheLastOneBegan() {
    AtomicReference<String> blocked = new AtomicReference<>("");
    AtomicInteger stopped = new AtomicInteger();
    Failpoints failpoints = point -> {
      if (point.equals(blocked.get())) {
        stopped.incrementAndGet();
        throw new IllegalStateException("stopped by the test: " + point);
      }
    };
    try (TestCluster cluster =
        new TestCluster(root, 3, builder -> builder.failpoints(failpoints)).startAll()) {
      awaitMembers(cluster.store(0), 3);
      int leader = cluster.awaitLeader();
      int removed = cluster.aFollower();
      long id = cluster.config(removed).memberId();
      blocked.set("configuration REMOVE " + MemberIds.hex(cluster.config(leader).memberId()));
      ClusterAdmin admin = cluster.store(leader).cluster();
      CompletableFuture<?> answer = admin.remove(id, inline());
      until("the leader's halt", () -> stopped.get() > 0 || answer.isCompletedExceptionally());
      assertThat(answer).as("not answered before Raft has it").isNotDone();
      assertThat(cluster.store(leader).member().raft().configuration().contains(id))
          .isTrue();
      cluster.stop(leader);
      blocked.set("");
      cluster.start(leader);
      RaftKvStore witness = cluster.store(leader);
      until("a configuration without it", () -> {
        RatisDivision.Configuration now = witness.member().raft().configuration();
        return now.settled() && !now.contains(id) && now.voters().size() == 2;
      });
      until("its end", () -> !cluster.fatals.isEmpty());
      assertThat(cluster.fatals).allMatch(why -> why.startsWith("m" + removed));
      put(witness, "k", "v");
    }
  }

  @Test
  void ofTwoEqualChangesOneHappens() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      List<String> urls = List.of("http://127.0.0.1:" + TestCluster.freePorts(1).get(0));
      List<CompletableFuture<ClusterAdmin.Added>> adds = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        adds.add(cluster.store(i).cluster().add(urls, false, inline()));
      }
      List<Kind> refused = refusals(adds);
      assertThat(refused).hasSize(2).isSubsetOf(Kind.PEER_URLS_EXIST, Kind.MEMBER_EXISTS);
      long id = adds.stream()
          .filter(add -> !add.isCompletedExceptionally())
          .findFirst()
          .orElseThrow()
          .join()
          .added()
          .id();
      List<CompletableFuture<?>> removals = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        removals.add(cluster.store(i).cluster().remove(id, inline()));
      }
      assertThat(refusals(removals)).containsExactly(Kind.MEMBER_NOT_FOUND, Kind.MEMBER_NOT_FOUND);
      assertThat(TestCluster.members(cluster.store(0))).hasSize(3);
    }
  }

  private static List<Kind> refusals(List<? extends CompletableFuture<?>> calls) {
    List<Kind> refused = new ArrayList<>();
    for (CompletableFuture<?> call : calls) {
      try {
        get(call);
      } catch (StoreException e) {
        refused.add(e.kind());
      }
    }
    return refused;
  }

  @Test
  void aMemberThatMovedIsReachedWhereItIsNow() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      int moving = cluster.aFollower();
      int leader = cluster.awaitLeader();
      long id = cluster.config(moving).memberId();
      cluster.stop(moving);
      List<String> listen =
          List.of("http://127.0.0.1:" + TestCluster.freePorts(1).get(0));
      get(cluster.store(leader).cluster().update(id, listen, inline()));
      put(cluster.store(leader), "while", "it moved");
      try (RaftKvStore moved = cluster.openElsewhere(moving, listen)) {
        until("what it missed", () -> moved.revision() == cluster.store(leader).revision());
        put(moved, "from", "there"); // our own calls
        put(cluster.store(leader), "to", "there");
        until("the rest", () -> moved.revision() == cluster.store(leader).revision());
        // And the others begin with the new address.
        int third = 3 - moving - leader;
        cluster.stop(third);
        cluster.start(third);
        get(cluster.store(leader).cluster().moveLeader(cluster.config(third).memberId(), inline()));
        put(cluster.store(third), "and", "back");
        until("that", () -> moved.revision() == cluster.store(third).revision());
      }
    }
  }

  /** Every write that was acknowledged is there, once, whoever left and came meanwhile. */
  @Test
  void changesLoseAndDoubleNothing() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      awaitMembers(cluster.store(0), 3);
      Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
      AtomicBoolean done = new AtomicBoolean();
      AtomicInteger keys = new AtomicInteger();
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        RaftKvStore store = cluster.store(i);
        Thread writer = new Thread(() -> write(store, keys, acknowledged, done));
        writer.setDaemon(true);
        writer.start();
        writers.add(writer);
      }
      int leader = cluster.awaitLeader();
      int other = cluster.aFollower();
      cluster.add(other, "n1", true);
      cluster.join("n1");
      long n1 = cluster.joined("n1").identity().memberId();
      awaitMembers(cluster.store(other), 4);
      admin(() -> cluster.store(other).cluster().promote(n1, inline()));
      long old = cluster.config(leader).memberId();
      admin(() -> cluster.store(other).cluster().remove(old, inline()));
      int before = acknowledged.size();
      until("more writes", () -> acknowledged.size() > before + 50);
      done.set(true);
      for (Thread writer : writers) {
        try {
          writer.join(60_000);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      List<KeyValue> found = get(cluster
              .joined("n1")
              .range(RangeRequest.latest(KeyRange.prefix(Bytes.utf8("w"))), inline()))
          .keyValues();
      assertThat(found).allMatch(kv -> kv.version() == 1);
      assertThat(found.stream().map(kv -> kv.key().toUtf8())).containsAll(acknowledged);
      assertThat(acknowledged.size()).isGreaterThan(100);
    }
  }

  private static void write(
      RaftKvStore store, AtomicInteger keys, Queue<String> acknowledged, AtomicBoolean done) {
    while (!done.get()) {
      String key = "w" + keys.incrementAndGet();
      try {
        store
            .put(PutRequest.of(Bytes.utf8(key), Bytes.utf8("v")), CallContext.inline())
            .get(10, TimeUnit.SECONDS);
        acknowledged.add(key);
      } catch (ExecutionException | TimeoutException e) {
        // May have happened or not; nobody relies on it.
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
