package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member whose data was damaged behind its back. */
class CorruptionIT {
  @TempDir
  Path root;

  @Test
  void itIsFoundNamedAndWritesCease() {
    MaintenanceConfig checks = new MaintenanceConfig(
        1L << 30, new AutoCompaction.Off(), Duration.ofMillis(500), Duration.ZERO, false);
    try (TestCluster cluster =
        new TestCluster(root, 3, builder -> builder.maintenance(checks)).startAll()) {
      int damaged = cluster.aFollower();
      for (int i = 0; i < 50; i++) {
        put(cluster.store(i % 3), "k" + i, "value");
      }
      cluster.assertConverged();
      assertThat(cluster.store(0).status().alarms()).isEmpty();

      damage(cluster.store(damaged).member().replica().state().engine());

      Alarm expected = new Alarm(cluster.store(damaged).identity().memberId(), Alarm.Type.CORRUPT);
      until(
          "the alarm everywhere",
          () -> cluster.running().stream()
              .allMatch(store -> store.status().alarms().contains(expected)));
      for (RaftKvStore store : cluster.running()) {
        assertThat(store.status().alarms()).containsExactly(expected);
        assertThatThrownBy(() -> put(store, "more", "x"))
            .isInstanceOfSatisfying(
                StoreException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.CORRUPT));
        assertThat(read(store, "k1")).isEqualTo("value");
      }
    }
  }

  @Test
  void itIsNotLetInAgain() {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      int damaged = cluster.aFollower();
      for (int i = 0; i < 20; i++) {
        put(cluster.store(cluster.awaitLeader()), "k" + i, "value");
      }
      cluster.assertConverged();
      damage(cluster.store(damaged).member().replica().state().engine());
      cluster.stop(damaged);

      RaftConfig config = cluster.config(
          damaged,
          builder -> builder.maintenance(new MaintenanceConfig(
              1L << 30, new AutoCompaction.Off(), Duration.ZERO, Duration.ZERO, true)));
      assertThatThrownBy(() -> TestCluster.open(config))
          .hasMessageContaining("this member's data and that of other members disagree");
      assertThat(cluster.running()).hasSize(2);
      put(cluster.store(cluster.awaitLeader()), "after", "x");
    }
  }

  /** Changes one bit of one stored value. */
  private static void damage(Engine engine) {
    EngineBatch batch = new EngineBatch();
    try (Cursor cursor = engine.scan(Family.KV, new byte[0], null, ScanKind.BULK)) {
      assertThat(cursor.next()).isTrue();
      byte[] row = cursor.value();
      row[row.length - 1] ^= 1;
      batch.put(Family.KV, cursor.key(), row);
    }
    engine.write(batch);
  }
}
