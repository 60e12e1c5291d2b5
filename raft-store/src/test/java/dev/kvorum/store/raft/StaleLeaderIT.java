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
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that is cut off from the others does not know that it was replaced. */
class StaleLeaderIT {
  @TempDir
  Path root;

  private final Partition partition = new Partition();

  @AfterEach
  void heal() {
    partition.close();
  }

  @Test
  void itDoesNotServeWhatTheOthersHaveReplaced() {
    try (TestCluster cluster = new TestCluster(root, 3, b -> b.failpoints(partition)).startAll()) {
      int old = cluster.awaitLeader();
      RaftKvStore stale = cluster.store(old);
      put(stale, "k", "old");
      assertThat(read(stale, "k")).isEqualTo("old"); // confirmed once at this commit index
      long oldTerm = stale.term();
      partition.isolate(stale.identity().memberId());

      RaftKvStore other = cluster.store((old + 1) % 3);
      List<CompletableFuture<RangeResult>> reads = new ArrayList<>();
      until("a write under another leader", () -> {
        reads.add(stale.range(
            RangeRequest.latest(KeyRange.single(Bytes.utf8("k"))), CallContext.inline()));
        return other.status().leaderId() != 0
            && other.status().leaderId() != stale.identity().memberId()
            && other.term() > oldTerm;
      });
      put(other, "k", "new");
      for (int i = 0; i < 20; i++) {
        reads.add(stale.range(
            RangeRequest.latest(KeyRange.single(Bytes.utf8("k"))), CallContext.inline()));
      }
      CompletableFuture<LeaseKeepAlive> renewal = stale.leaseKeepAlive(1, CallContext.inline());
      // None of the reads begun in isolation may be answered there; all of them may fail.
      for (CompletableFuture<RangeResult> read : reads) {
        assertThatThrownBy(() -> get(read)).isInstanceOf(StoreException.class);
      }
      assertThatThrownBy(() -> get(renewal)).isInstanceOf(StoreException.class);
      assertThat(partition.dropped()).isPositive();

      partition.heal();
      assertThat(read(stale, "k")).isEqualTo("new");
      cluster.assertConverged();
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void writesItCouldNotReplicateAreAppliedOnceOrNotAtAll() {
    try (TestCluster cluster = new TestCluster(root, 3, b -> b.failpoints(partition)).startAll()) {
      int first = cluster.awaitLeader();
      List<CompletableFuture<?>> pending = new ArrayList<>();
      long expected = cluster.store(first).revision();
      for (int round = 0; round < 3; round++) {
        int leader = cluster.awaitLeader();
        RaftKvStore old = cluster.store(leader);
        for (int i = 0; i < 5; i++) {
          put(old, "k" + round + "-" + i, "x");
          expected++;
        }
        partition.isolate(old.identity().memberId());
        // In the log of the old leader, and on no other disk.
        for (int i = 0; i < 5; i++) {
          pending.add(old.put(
              dev.kvorum.store.PutRequest.of(Bytes.utf8("p" + round + "-" + i), Bytes.utf8("x")),
              CallContext.inline()));
          expected++;
        }
        RaftKvStore other = cluster.store((leader + 1) % 3);
        until(
            "another leader",
            () -> other.status().leaderId() != 0
                && other.status().leaderId() != old.identity().memberId());
        partition.heal();
        // Sent again under the new leader; each takes exactly one revision.
        for (CompletableFuture<?> put : pending) {
          get(put);
        }
        pending.clear();
        cluster.assertConverged();
        assertThat(other.revision()).isEqualTo(expected);
      }
      assertThat(cluster.fatals).isEmpty();
    }
  }
}
