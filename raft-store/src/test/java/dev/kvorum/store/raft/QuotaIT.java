package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that runs out of space and is helped up again. */
class QuotaIT {
  private static final long QUOTA = 12L << 20;
  private static final int VALUE_BYTES = 20_000;

  @TempDir
  Path root;

  /** What was acknowledged, and so must be there. */
  private final Map<String, Bytes> ledger = new ConcurrentHashMap<>();

  @Test
  void afterDeletionCompactionAndDisarmingWritesGoOnAndNothingIsLost() throws Exception {
    try (TestCluster cluster = new TestCluster(
            root,
            3,
            builder -> builder.maintenance(MaintenanceConfig.DEFAULT.withQuotaBytes(QUOTA)))
        .startAll()) {
      put(cluster.store(cluster.awaitLeader()), "kept", "x");
      fill(cluster, "a/");
      assertThat(ledger.size()).isGreaterThan(100);
      until(
          "the alarm everywhere",
          () -> cluster.running().stream()
              .noneMatch(store -> store.status().alarms().isEmpty()));
      for (RaftKvStore store : cluster.running()) {
        refusesPuts(store);
        StoreStatus status = store.status();
        assertThat(status.dbSizeInUseBytes()).isLessThanOrEqualTo(status.dbSizeBytes());
        assertThat(status.dbSizeBytes()).isBetween(QUOTA / 2, 3 * QUOTA);
      }
      assertAllThere(cluster);

      RaftKvStore any = cluster.store(0);
      get(any.delete(
          new DeleteRequest(KeyRange.prefix(Bytes.utf8("a/")), false), CallContext.inline()));
      ledger.clear();
      get(any.compact(any.revision(), true, CallContext.inline()));
      until(
          "the space in use to fall",
          () -> cluster.running().stream()
              .allMatch(store -> store.status().dbSizeInUseBytes() < QUOTA / 4));
      refusesPuts(any);
      disarmAll(any);
      for (int i = 0; i < 100; i++) {
        write(cluster.store(i % 3), "b/" + i, i);
      }
      assertThat(get(any.maintenance().alarms(CallContext.inline())).alarms()).isEmpty();
      assertAllThere(cluster);
      assertThat(read(any, "kept")).isEqualTo("x");

      cluster.running().forEach(store -> store.maintenance().reclaim());
      until(
          "the files to shrink",
          () -> cluster.running().stream()
              .allMatch(store -> store.status().dbSizeBytes() < QUOTA / 2));
      assertAllThere(cluster);
      cluster.assertConverged();
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void theAlarmOutlivesARestart() throws Exception {
    try (TestCluster cluster = new TestCluster(
            root,
            1,
            builder -> builder.maintenance(MaintenanceConfig.DEFAULT.withQuotaBytes(QUOTA)))
        .startAll()) {
      fill(cluster, "a/");
      cluster.stop(0);
      cluster.start(0);
      assertThat(
              get(cluster.store(0).maintenance().alarms(CallContext.inline())).alarms())
          .containsExactly(new Alarm(cluster.store(0).identity().memberId(), Alarm.Type.NO_SPACE));
      refusesPuts(cluster.store(0));
      assertAllThere(cluster);
    }
  }

  /** Writes to all members at once until each has refused. */
  private void fill(TestCluster cluster, String prefix)
      throws ExecutionException, InterruptedException {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int i = 0; i < 2 * cluster.running().size(); i++) {
      RaftKvStore store = cluster.running().get(i % cluster.running().size());
      String mine = prefix + i + "/";
      int seed = i;
      writers.add(CompletableFuture.runAsync(() -> {
        for (int n = 0; n < 10_000; n++) {
          try {
            write(store, mine + n, seed * 100_000 + n);
          } catch (StoreException refused) {
            assertThat(refused.kind()).isEqualTo(StoreException.Kind.NO_SPACE);
            return;
          }
        }
        throw new AssertionError("never refused");
      }));
    }
    for (CompletableFuture<Void> writer : writers) {
      writer.get();
    }
  }

  private void write(RaftKvStore store, String key, int seed) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(seed).nextBytes(value);
    Bytes bytes = Bytes.wrap(value);
    get(store.put(PutRequest.of(Bytes.utf8(key), bytes), CallContext.inline()));
    ledger.put(key, bytes);
  }

  private void assertAllThere(TestCluster cluster) {
    ledger.forEach((key, value) -> assertThat(get(cluster
                .store(0)
                .range(
                    dev.kvorum.store.RangeRequest.latest(KeyRange.single(Bytes.utf8(key))),
                    CallContext.inline()))
            .keyValues())
        .singleElement()
        .satisfies(found -> assertThat(found.value()).isEqualTo(value)));
  }

  private static void refusesPuts(RaftKvStore store) {
    assertThatThrownBy(() -> put(store, "more", "x"))
        .isInstanceOfSatisfying(
            StoreException.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.NO_SPACE));
    assertThatThrownBy(() -> get(store.leaseGrant(60, 0, CallContext.inline())))
        .isInstanceOf(StoreException.class);
  }

  private static void disarmAll(RaftKvStore store) {
    for (Alarm alarm : get(store.maintenance().alarms(CallContext.inline())).alarms()) {
      get(store.maintenance().disarm(alarm, CallContext.inline()));
    }
  }
}
