package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members go away and come back. */
class FailoverIT {
  @TempDir
  Path root;

  @Test
  void acknowledgedWritesAreThereOnceAfterTheLeaderLeft() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      int leader = cluster.awaitLeader();
      int survivor = cluster.aFollower();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong acknowledged = new AtomicLong();
      List<String> failed = new ArrayList<>();
      Thread writer = new Thread(() -> {
        for (int i = 0; !stop.get(); i++) {
          try {
            put(cluster.store(survivor), "w" + i, "x");
            acknowledged.incrementAndGet();
          } catch (StoreException e) {
            failed.add("w" + i + " " + e.kind());
          }
        }
      });
      writer.start();
      until("some writes", () -> acknowledged.get() > 50);
      cluster.stop(leader);
      long before = acknowledged.get();
      until("writes under a new leader", () -> acknowledged.get() > before + 50);
      stop.set(true);
      join(writer);
      // The batch under way at the change of leader was sent again, and took effect once.
      assertThat(failed).isEmpty();
      assertThat(cluster.store(survivor).revision()).isEqualTo(1 + acknowledged.get());
      cluster.start(leader);
      assertThat(read(cluster.store(leader), "w0")).isEqualTo("x");
      cluster.assertConverged();
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void aLeaseOutlivesAChangeOfLeader() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      int leader = cluster.awaitLeader();
      int survivor = cluster.aFollower();
      LeaseGrant lease = get(cluster.store(survivor).leaseGrant(20, 0, CallContext.inline()));
      get(cluster
          .store(survivor)
          .put(
              new PutRequest(Bytes.utf8("k"), Bytes.utf8("v"), lease.id(), false, false, false),
              CallContext.inline()));
      long granted = System.nanoTime();
      cluster.stop(leader);
      long left = get(cluster
              .store(survivor)
              .leaseTimeToLive(lease.id(), false, CallContext.inline()))
          .ttlSeconds();
      // The new leader counts the full time from its election on, and one election timeout more.
      assertThat(left * 1_000_000_000L + System.nanoTime() - granted)
          .isGreaterThan(20_000_000_000L);
      assertThat(read(cluster.store(survivor), "k")).isEqualTo("v");
    }
  }

  @Test
  void aLeaderThatIsClosedHandsOverFirst() {
    try (TestCluster cluster =
        new TestCluster(root, 3, b -> b.electionTimeout(Duration.ofSeconds(20))).startAll()) {
      int leader = cluster.awaitLeader();
      int survivor = cluster.aFollower();
      put(cluster.store(leader), "k", "v");
      cluster.assertConverged();
      long term = cluster.store(survivor).term();
      cluster.stop(leader);
      // Nobody had to miss the old leader: that would take 20 seconds and fail this write on the
      // way.
      put(cluster.store(survivor), "k", "w");
      assertThat(cluster.store(survivor).term()).isGreaterThan(term);
      assertThat(cluster.store(survivor).metrics().proposalsFailed.sum()).isZero();
    }
  }

  @Test
  void withoutAQuorumNoLinearizableReadIsAnsweredAndLocalOnesAre() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      int leader = cluster.awaitLeader();
      RaftKvStore store = cluster.store(leader);
      put(store, "k", "v");
      assertThat(read(store, "k"))
          .isEqualTo("v"); // a read at this commit index was confirmed before
      for (int member = 0; member < 3; member++) {
        if (member != leader) {
          cluster.stop(member);
        }
      }
      // The leader believes in itself for a while; its reads must not be answered all the same.
      List<CompletableFuture<?>> reads = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        reads.add(store.range(
            RangeRequest.latest(KeyRange.single(Bytes.utf8("k"))), CallContext.inline()));
      }
      for (CompletableFuture<?> read : reads) {
        assertThatThrownBy(() -> get(read))
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind())
                    .isIn(StoreException.Kind.TIMEOUT, StoreException.Kind.LEADER_CHANGED));
      }
      RangeRequest local = new RangeRequest(
          KeyRange.single(Bytes.utf8("k")),
          0,
          0,
          RangeRequest.SortOrder.NONE,
          RangeRequest.SortTarget.KEY,
          true,
          false,
          false,
          0,
          0,
          0,
          0);
      assertThat(get(store.range(local, CallContext.inline())).keyValues()).hasSize(1);
      until("the leader's resignation", () -> store.leaderlessMillis() > 0);
      assertThatThrownBy(() -> put(store, "k", "w"))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind())
                  .isIn(StoreException.Kind.TIMEOUT, StoreException.Kind.TIMEOUT_LEADER_FAILURE));
      cluster.start((leader + 1) % 3);
      until("writes again", () -> {
        try {
          put(store, "k", "z");
          return true;
        } catch (StoreException e) {
          return false;
        }
      });
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(60_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(thread.isAlive()).isFalse();
  }
}
