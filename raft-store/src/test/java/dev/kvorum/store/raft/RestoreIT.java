package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Backup;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchStream;
import dev.kvorum.store.backup.DamagedBackupException;
import dev.kvorum.store.watch.RecordingSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster's state in a file, and new clusters that begin with it. */
class RestoreIT {
  @TempDir
  Path root;

  private static byte[] takeBackup(RaftKvStore store) throws IOException {
    try (Backup backup = get(store.maintenance().backup(CallContext.inline()))) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] piece = get(backup.read(100_000));
      while (piece.length > 0) {
        all.write(piece);
        piece = get(backup.read(100_000));
      }
      assertThat(all.size()).isEqualTo((int) backup.totalBytes() + 32);
      return all.toByteArray();
    }
  }

  private static RangeResult all(RaftKvStore store, long revision) {
    return get(store.range(RangeRequest.of(KeyRange.ALL, revision, 0), CallContext.inline()));
  }

  private static TestCluster restored(Path root, Path file, int members, long bump)
      throws IOException {
    TestCluster cluster = new TestCluster(root, members);
    for (int i = 0; i < members; i++) {
      new SnapshotFile(file).restore(how(cluster.config(i), bump), bytes -> {});
    }
    return cluster;
  }

  private static SnapshotFile.Restoration how(RaftConfig config, long bump) {
    SnapshotFile.Restoration how = new SnapshotFile.Restoration(
        config.dataDir(),
        config.name(),
        config.initialCluster(),
        config.clusterToken(),
        true,
        bump);
    assertThat(how.memberId()).isEqualTo(config.memberId());
    assertThat(how.clusterId()).isEqualTo(config.clusterId());
    return how;
  }

  @Test
  void whatWasSavedUnderLoadIsTheStateAtItsRevision() throws Exception {
    Path file = root.resolve("snapshot.db");
    try (TestCluster old = new TestCluster(root.resolve("old"), 3).startAll()) {
      RaftKvStore store = old.store(old.awaitLeader());
      long lease = get(store.leaseGrant(1000, 77, CallContext.inline())).id();
      Alarm alarm = new Alarm(5, Alarm.Type.NO_SPACE);
      for (int i = 0; i < 100; i++) {
        put(store, "before" + i, "v");
      }
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Long> writer = CompletableFuture.supplyAsync(() -> {
        long last = 0;
        for (int i = 0; !stop.get(); i++) {
          last = put(store, "load" + i % 50, "v" + i).revision();
        }
        return last;
      });
      Files.write(file, takeBackup(store));
      stop.set(true);
      long end = get(writer);
      get(store.maintenance().raise(alarm, CallContext.inline()));

      SnapshotFile.Summary summary =
          new SnapshotFile(file).summary(root.resolve("scratch"), bytes -> {});
      assertThat(summary.revision()).isBetween(101L, end);
      assertThat(summary.hash())
          .isEqualTo(get(store.maintenance().hash(summary.revision(), CallContext.inline()))
              .hash());
      assertThat(root.resolve("scratch/snapshot-status.tmp")).doesNotExist();

      try (TestCluster fresh = restored(root.resolve("new"), file, 3, 0).startAll()) {
        RaftKvStore first = fresh.store(fresh.awaitLeader());
        assertThat(all(first, 0).keyValues())
            .isEqualTo(all(store, summary.revision()).keyValues())
            .hasSize((int) summary.totalKeys());
        assertThat(put(first, "after", "x").revision()).isEqualTo(summary.revision() + 1);
        assertThat(get(first.leases(CallContext.inline())).ids()).containsExactly(lease);
        assertThat(get(first.members(true, CallContext.inline()))).hasSize(3);
        fresh.assertConverged();
        fresh.stop(0);
        fresh.start(0);
        assertThat(read(fresh.store(0), "after")).isEqualTo("x");
        fresh.assertConverged();
        assertThat(fresh.fatals).isEmpty();
      }
      try (var left = Files.list(old.directory(old.awaitLeader()).resolve("state"))) {
        assertThat(left.filter(each -> each.toString().endsWith(".tmp"))).isEmpty();
      }
    }
  }

  @Test
  void aBumpedStateHasForgottenItsHistory() throws Exception {
    Path file = root.resolve("snapshot.db");
    long last;
    try (TestCluster old = new TestCluster(root.resolve("old"), 1).startAll()) {
      put(old.store(0), "a", "1");
      last = put(old.store(0), "a", "2").revision();
      Files.write(file, takeBackup(old.store(0)));
    }
    try (TestCluster fresh = restored(root.resolve("new"), file, 1, 1_000_000).startAll()) {
      RaftKvStore store = fresh.store(0);
      assertThat(read(store, "a")).isEqualTo("2");
      assertThat(store.revision()).isEqualTo(last + 1_000_000);
      assertThatThrownBy(() -> all(store, last))
          .isInstanceOfSatisfying(
              StoreException.class,
              refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.COMPACTED));
      assertThat(put(store, "a", "3").revision()).isEqualTo(last + 1_000_001);
      assertThat(all(store, last + 1_000_000).keyValues())
          .singleElement()
          .satisfies(found -> assertThat(found.value()).isEqualTo(Bytes.utf8("2")));

      RecordingSink sink = new RecordingSink();
      try (ExecutorService loop = Executors.newSingleThreadExecutor();
          WatchStream watchers = store.openWatchStream(loop, sink)) {
        watchers.create(1, WatchRequest.of(KeyRange.ALL, last + 1));
        watchers.create(2, WatchRequest.of(KeyRange.ALL, last + 1_000_001));
        TestCluster.until("both to be answered", () -> sink.heard().size() >= 4);
        assertThat(sink.heard())
            .contains("canceled 1 @0 compact " + (last + 1_000_000))
            .contains("events 2 @" + (last + 1_000_001) + ": PUT a@" + (last + 1_000_001));
        assertThat(sink.heard()).noneMatch(line -> line.startsWith("events 1 "));
      }
    }
  }

  @Test
  void nothingIsLeftOfARestorationThatFails() throws Exception {
    Path file = root.resolve("snapshot.db");
    byte[] backup;
    try (TestCluster old = new TestCluster(root.resolve("old"), 1).startAll()) {
      put(old.store(0), "a", "1");
      backup = takeBackup(old.store(0));
    }
    backup[backup.length / 2] ^= 4;
    Files.write(file, backup);
    TestCluster fresh = new TestCluster(root.resolve("new"), 1);
    Files.createDirectories(root.resolve("new"));
    SnapshotFile.Restoration checked = how(fresh.config(0), 0);
    assertThatThrownBy(() -> new SnapshotFile(file).restore(checked, bytes -> {}))
        .isInstanceOf(DamagedBackupException.class);
    assertThat(root.resolve("new")).isEmptyDirectory();

    backup[backup.length / 2] ^= 4;
    Files.write(file, backup);
    Files.createDirectories(fresh.config(0).dataDir());
    new SnapshotFile(file).restore(checked, bytes -> {});
    assertThatThrownBy(() -> new SnapshotFile(file).restore(checked, bytes -> {}))
        .hasMessageContaining("not empty");
    try (var names = Files.list(root.resolve("new"))) {
      assertThat(names).hasSize(1);
    }
  }

  @Test
  void copiesAreBoundedAndGivenBack() throws Exception {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      RaftKvStore store = cluster.store(0);
      put(store, "a", "1");
      List<Backup> open = java.util.stream.IntStream.range(0, 4)
          .mapToObj(i -> get(store.maintenance().backup(CallContext.inline())))
          .toList();
      assertThatThrownBy(() -> get(store.maintenance().backup(CallContext.inline())))
          .isInstanceOfSatisfying(
              StoreException.class,
              refusal ->
                  assertThat(refusal.kind()).isEqualTo(StoreException.Kind.TOO_MANY_REQUESTS));
      open.forEach(Backup::close);
      TestCluster.until("the copies to be gone", () -> {
        try (var left = Files.list(cluster.directory(0).resolve("state"))) {
          return left.noneMatch(each -> each.toString().endsWith(".tmp"));
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      assertThat(takeBackup(store)).isNotEmpty();
    }
  }
}
