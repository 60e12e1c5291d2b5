package dev.kvorum.store.raft;

import dev.kvorum.store.Backup;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.backup.BackupWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of this member's state for operators: a checkpoint of the engine, which shares the engine's files, read at the
 * pace of whoever takes it. Works on its own few threads, and only while somebody reads.
 *
 * <p>Bounds: so many copies at once, the next one is refused; and one that nobody has read from for long is closed, because
 * it keeps files on disk that the engine has done with.
 */
final class Backups implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

  private static final int MAX_OPEN = 4;
  private static final int THREADS = 2;
  private static final int MAX_QUEUED = 4 * MAX_OPEN;
  private static final long IDLE_NANOS = 600_000_000_000L;

  private final RaftConfig config;
  private final Replica replica;
  private final ReadPool threads;
  private final AtomicInteger open = new AtomicInteger();
  private final Set<StateBackup> backups = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Backups(String name, RaftConfig config, Replica replica) {
    this.config = config;
    this.replica = replica;
    this.threads = new ReadPool(name + "-backup", THREADS, MAX_QUEUED);
  }

  /** Copies the state as it is now, or a little later. */
  CompletableFuture<Backup> take(CallContext context) {
    CompletableFuture<Backup> taken = new CompletableFuture<>();
    if (closed) {
      return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.STOPPED));
    }
    if (open.incrementAndGet() > MAX_OPEN) {
      open.decrementAndGet();
      return CompletableFuture.failedFuture(
          StoreException.of(StoreException.Kind.TOO_MANY_REQUESTS));
    }
    try {
      threads.execute(() -> take(context, taken));
    } catch (RejectedExecutionException e) {
      open.decrementAndGet();
      return CompletableFuture.failedFuture(
          StoreException.of(StoreException.Kind.TOO_MANY_REQUESTS));
    }
    return taken;
  }

  private void take(CallContext context, CompletableFuture<Backup> taken) {
    Path copy = replica.directory().temporary("backup");
    StateBackup backup;
    try {
      replica.state().engine().checkpoint(copy);
      BackupWriter writer =
          new BackupWriter(copy, config.clusterId(), config.memberId(), version());
      backup = new StateBackup(copy, writer, threads, context.executor(), this::gone);
    } catch (IOException | RuntimeException e) {
      LOG.warn("the state could not be copied for a backup", e);
      StateBackup.delete(copy);
      open.decrementAndGet();
      RuntimeException failure = e instanceof RuntimeException unchecked
          ? unchecked
          : new UncheckedIOException((IOException) e);
      Completions.runOn(context.executor(), () -> taken.completeExceptionally(failure));
      return;
    }
    backups.add(backup);
    LOG.info("a backup of {} bytes is being taken", backup.totalBytes());
    Completions.runOn(context.executor(), () -> {
      if (!taken.complete(backup)) {
        backup.close(); // nobody waits for it any more
      }
    });
    if (closed) {
      backup.close();
    }
  }

  /** Of this program; empty where it does not run from its own archive. */
  private static String version() {
    String version = Backups.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  private void gone(StateBackup backup) {
    if (backups.remove(backup)) {
      open.decrementAndGet();
    }
  }

  /** Closes what nobody reads; to be called now and then. */
  void closeIdle() {
    long now = System.nanoTime();
    for (StateBackup backup : backups) {
      if (now - backup.lastUsedNanos() > IDLE_NANOS) {
        LOG.warn("a backup was closed: nothing was read from it for ten minutes");
        backup.close();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    backups.forEach(StateBackup::close);
    threads.close();
  }
}
