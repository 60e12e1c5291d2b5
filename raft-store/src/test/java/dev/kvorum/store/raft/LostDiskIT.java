package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.raft.disk.DurableFiles;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member whose disk was emptied has forgotten its votes and must not come back under its old name. */
class LostDiskIT {
  @TempDir
  Path root;

  @Test
  void aMemberWithAnEmptiedDiskIsRefused() throws IOException {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      put(cluster.store(0), "k", "v");
      int victim = cluster.aFollower();
      cluster.stop(victim);
      DurableFiles.deleteTree(cluster.directory(victim));
      RaftConfig config = cluster.config(victim);
      assertThatThrownBy(() -> RaftKvStore.open(config))
          .isInstanceOf(UnusableDataException.class)
          .hasMessageContaining("member m" + victim + " (" + MemberIds.hex(config.memberId()) + ")")
          .hasMessageContaining("its disk is empty or replaced")
          .hasMessageContaining("etcdctl member remove");
      put(cluster.store(cluster.awaitLeader()), "k", "w");
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void itIsRefusedAlsoByAMemberThatHasJustRestarted() throws IOException {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      put(cluster.store(0), "k", "v");
      cluster.stop(2);
      cluster.stop(1);
      cluster.stop(0);
      DurableFiles.deleteTree(cluster.directory(2));
      cluster.start(0, 1);
      assertThat(read(cluster.store(0), "k")).isEqualTo("v");
      assertThatThrownBy(() -> RaftKvStore.open(cluster.config(2)))
          .isInstanceOf(UnusableDataException.class);
    }
  }

  @Test
  void twoOfThreeCanFoundACluster() {
    try (TestCluster cluster = new TestCluster(root, 3).start(0, 1)) {
      put(cluster.store(1), "k", "v");
      cluster.start(2);
      assertThat(read(cluster.store(2), "k")).isEqualTo("v");
      assertThat(cluster.fatals).isEmpty();
    }
  }
}
