package dev.kvorum.store.raft;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.apply.ApplyConfig;
import dev.kvorum.store.backup.BackupHeader;
import dev.kvorum.store.backup.BackupReader;
import dev.kvorum.store.backup.DamagedBackupException;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.rocksdb.RocksDbConfig;
import dev.kvorum.store.engine.rocksdb.RocksDbEngine;
import dev.kvorum.store.mvcc.View;
import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.DurableFiles;
import dev.kvorum.store.raft.disk.StateDirectory;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** A copy of a member's state in a file: what is in it, and how a new cluster begins with it. */
public final class SnapshotFile {
  private final Path file;

  public SnapshotFile(Path file) {
    this.file = file;
  }

  /**
   * What is in a snapshot.
   *
   * @param hash the digest that the member gave of this revision
   * @param revision the store's
   * @param totalKeys keys that exist at that revision
   * @param totalBytes of the file
   * @param version of the program that took it; empty if it does not say
   */
  public record Summary(int hash, long revision, long totalKeys, long totalBytes, String version) {}

  /**
   * Checks the file and looks what is in it, which takes as much space again for a moment.
   *
   * @param scratch a directory, existing or not, in which that is done
   * @param progress told how many bytes were read so far
   * @throws IOException if it cannot be read or is damaged; the message says where
   */
  public Summary summary(Path scratch, LongConsumer progress) throws IOException {
    Path directory = scratch.resolve("snapshot-status.tmp");
    DurableFiles.deleteTree(directory);
    try {
      DurableFiles.createDirectories(directory.resolve("db"));
      BackupHeader header = BackupReader.extract(file, directory.resolve("db"), true, progress);
      try (Engine engine = open(directory.resolve("db"), directory.resolve("native"))) {
        View view = Applier.open(engine, ApplyConfig.defaults()).view();
        return new Summary(
            Long.hashCode(view.hash(0).hash()),
            view.revision(),
            view.count(KeyRange.ALL, 0),
            Files.size(file),
            header.version());
      }
    } catch (UncheckedIOException | IllegalStateException e) {
      throw unreadable(e);
    } finally {
      DurableFiles.deleteTree(directory);
    }
  }

  /**
   * How a restored member begins.
   *
   * @param dataDir its directory, which does not exist or is empty
   * @param name the member's name; a key of {@code initialCluster}
   * @param initialCluster the new cluster's members' peer URLs by name
   * @param clusterToken keeps clusters with equal peer URLs apart
   * @param check whether to compare the file's digests
   * @param bumpRevision see {@link Applier#beginNewLog}
   */
  public record Restoration(
      Path dataDir,
      String name,
      Map<String, List<String>> initialCluster,
      String clusterToken,
      boolean check,
      long bumpRevision) {
    /** The member's id in the new cluster. */
    public long memberId() {
      return memberId(name);
    }

    private long memberId(String member) {
      return MemberIds.memberId(initialCluster.getOrDefault(member, List.of()), clusterToken);
    }

    /** The new cluster's id. */
    public long clusterId() {
      return MemberIds.clusterId(
          initialCluster.keySet().stream().map(this::memberId).toList());
    }
  }

  /**
   * Makes a data directory for a member of a new cluster that begins with this state. Everything is done in a directory
   * beside it, which takes its name when it is complete and on disk; after a crash there is either nothing or all of it.
   *
   * @param progress told how many bytes were read so far
   * @return whether the new cluster has the ids of the one that the snapshot was taken from
   * @throws IOException if the file is damaged or the directory is not usable; the message is for the operator
   */
  public boolean restore(Restoration how, LongConsumer progress) throws IOException {
    Path target = how.dataDir().toAbsolutePath().normalize();
    requireEmpty(target);
    Path temporary = target.resolveSibling(target.getFileName() + ".restoring");
    DurableFiles.deleteTree(temporary); // what a crash has left
    try {
      Path state = temporary.resolve("state");
      Path copy = state.resolve(StateDirectory.firstName());
      DurableFiles.createDirectories(copy);
      BackupHeader header = BackupReader.extract(file, copy, how.check(), progress);
      DurableFiles.syncDirectory(copy);
      try (Engine engine = open(copy, temporary.resolve("native"))) {
        Applier.beginNewLog(engine, how.bumpRevision());
      } catch (UncheckedIOException | IllegalStateException e) {
        throw unreadable(e);
      }
      syncAll(copy);
      DataDirectory.prepare(
          temporary, how.clusterId(), how.memberId(), how.name(), StateDirectory.firstName());
      DurableFiles.syncDirectory(temporary);
      DurableFiles.move(temporary, target);
      return header.clusterId() == how.clusterId();
    } catch (IOException | RuntimeException e) {
      try {
        DurableFiles.deleteTree(temporary);
      } catch (IOException leftOver) {
        e.addSuppressed(leftOver);
      }
      throw e;
    }
  }

  private static Engine open(Path directory, Path nativeDirectory) {
    return RocksDbEngine.open(RocksDbConfig.at(directory).withNativeDirectory(nativeDirectory));
  }

  private static void requireEmpty(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (Files.isDirectory(target)) {
      try (Stream<Path> files = Files.list(target)) {
        if (files.findAny().isEmpty()) {
          return;
        }
      }
    }
    throw new UnusableDataException("data-dir \"" + target
        + "\" not empty or could not be read: a snapshot is restored to a new directory only");
  }

  private static void syncAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path each : files.toList()) {
        DurableFiles.syncFile(each);
      }
    }
    DurableFiles.syncDirectory(directory);
  }

  /** The digests are right and what they protect is not: it was damaged before it was copied, or they were not checked. */
  private static IOException unreadable(RuntimeException e) {
    DamagedBackupException damaged = new DamagedBackupException(
        "the files in the snapshot do not make up a readable state: " + message(e));
    damaged.initCause(e);
    return damaged;
  }

  private static String message(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
  }
}
