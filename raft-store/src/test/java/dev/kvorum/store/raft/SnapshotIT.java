package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Backup;
import dev.kvorum.store.CallContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that was away for longer than the log reaches back. */
class SnapshotIT {
  /** The steps of an installation, in order. */
  private static final List<String> STEPS = List.of(
      "snapshot file",
      "snapshot received",
      "snapshot named",
      "snapshot opened",
      "snapshot current");

  @TempDir
  Path root;

  private final AtomicReference<Failpoints> failpoints = new AtomicReference<>(point -> {});

  private TestCluster cluster() {
    return new TestCluster(
        root,
        3,
        builder -> builder
            .snapshotCount(20)
            .logRetention(5)
            .logSegmentBytes(4096)
            .failpoints(point -> failpoints.get().reached(point)));
  }

  @Test
  void itCatchesUpBySnapshotAndGoesOnByLog() {
    try (TestCluster cluster = cluster().startAll()) {
      int lagging = leaveBehind(cluster);
      cluster.start(lagging);
      until(
          "an installed snapshot",
          () -> cluster.store(lagging).metrics().snapshotsInstalled.sum() > 0);
      assertThat(read(cluster.store(lagging), "k199")).isEqualTo("v");
      put(cluster.store(lagging), "after", "x");
      for (int i = 0; i < 3; i++) {
        assertThat(read(cluster.store(i), "after")).isEqualTo("x");
      }
      cluster.assertConverged();
      cluster.stop(lagging);
      cluster.start(lagging);
      assertThat(read(cluster.store(lagging), "after")).isEqualTo("x");
      cluster.assertConverged();
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void afterACrashAtAnyStepTheMemberStartsAndCatchesUp() throws IOException {
    Map<String, Path> images = new ConcurrentHashMap<>();
    try (TestCluster cluster = cluster().startAll()) {
      int lagging = leaveBehind(cluster);
      failpoints.set(point -> {
        if (STEPS.contains(point)) {
          images.computeIfAbsent(
              point,
              step -> copy(cluster.directory(lagging), root.resolve(step.replace(' ', '-'))));
        }
      });
      cluster.start(lagging);
      until(
          "an installed snapshot",
          () -> cluster.store(lagging).metrics().snapshotsInstalled.sum() > 0);
      failpoints.set(point -> {});
      assertThat(images).containsOnlyKeys(STEPS);
      put(cluster.store(cluster.awaitLeader()), "after", "x");
      for (String step : STEPS) {
        cluster.stop(lagging);
        cluster.replaceDirectory(lagging, Objects.requireNonNull(images.get(step)));
        cluster.start(lagging);
        assertThat(read(cluster.store(lagging), "after"))
            .as("after a crash at: %s", step)
            .isEqualTo("x");
        cluster.assertConverged();
      }
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void aSnapshotThatBreaksOffIsTriedAgain() {
    try (TestCluster cluster = cluster().startAll()) {
      int lagging = leaveBehind(cluster);
      AtomicReference<Integer> failures = new AtomicReference<>(0);
      failpoints.set(point -> {
        if (point.equals("snapshot piece") && failures.getAndUpdate(n -> n + 1) < 2) {
          throw new UncheckedIOException(new IOException("broken off by the test"));
        }
      });
      cluster.start(lagging);
      assertThat(read(cluster.store(lagging), "k199")).isEqualTo("v");
      assertThat(cluster.store(lagging).metrics().snapshotsFailed.sum()).isEqualTo(2);
      cluster.assertConverged();
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void aBackupUnderWayOutlivesTheStateItWasTakenOf() throws Exception {
    try (TestCluster cluster = cluster().startAll()) {
      int lagging = leaveBehind(cluster);
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<Backup> taken = new CompletableFuture<>();
      failpoints.set(point -> {
        if (point.equals("snapshot current") && !taken.isDone()) {
          awaitUninterruptibly(started);
          taken.complete(get(cluster.store(lagging).maintenance().backup(CallContext.inline())));
        }
      });
      cluster.start(lagging);
      started.countDown();
      try (Backup backup = get(taken)) {
        assertThat(read(cluster.store(lagging), "k199")).isEqualTo("v");
        assertThat(cluster.store(lagging).metrics().snapshotsInstalled.sum()).isPositive();
        long bytes = 0;
        byte[] piece = get(backup.read(100_000));
        while (piece.length > 0) {
          bytes += piece.length;
          piece = get(backup.read(100_000));
        }
        assertThat(bytes).isGreaterThan(backup.totalBytes());
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops a follower and writes until the others' logs no longer reach back to it. */
  private static int leaveBehind(TestCluster cluster) {
    int leader = cluster.awaitLeader();
    int lagging = cluster.aFollower();
    put(cluster.store(leader), "before", "x");
    cluster.assertConverged();
    cluster.stop(lagging);
    for (int i = 0; i < 200; i++) {
      put(cluster.store(leader), "k" + i, "v");
    }
    until("a shortened log", () -> {
      put(cluster.store(leader), "filler", "v");
      return cluster.running().stream().allMatch(store -> store.logStartIndex() > 50);
    });
    return lagging;
  }

  private static Path copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
