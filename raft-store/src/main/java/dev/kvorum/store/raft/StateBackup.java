package dev.kvorum.store.raft;

import dev.kvorum.store.Backup;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.backup.BackupWriter;
import dev.kvorum.store.raft.disk.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One copy of the state while it is being read. */
final class StateBackup implements Backup {
  private static final Logger LOG = LoggerFactory.getLogger(StateBackup.class);

  private final Path copy;
  private final BackupWriter writer; // used by one reading task at a time, see busy
  private final Executor threads;
  private final Executor caller;
  private final Consumer<StateBackup> gone;
  private volatile long lastUsedNanos = System.nanoTime();

  // Guarded by this.
  private boolean busy;
  private boolean closed;

  /**
   * Takes over a copy.
   *
   * @param copy a directory that is deleted in the end
   * @param threads where reading is done
   * @param caller where reads are answered
   * @param gone told once, when the copy is deleted
   */
  StateBackup(
      Path copy,
      BackupWriter writer,
      Executor threads,
      Executor caller,
      Consumer<StateBackup> gone) {
    this.copy = copy;
    this.writer = writer;
    this.threads = threads;
    this.caller = caller;
    this.gone = gone;
  }

  long lastUsedNanos() {
    return lastUsedNanos;
  }

  @Override
  public long totalBytes() {
    return writer.payloadBytes();
  }

  @Override
  public CompletableFuture<byte[]> read(int maxBytes) {
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.STOPPED));
      }
      if (busy) {
        throw new IllegalStateException("the last read has not been answered yet");
      }
      busy = true;
    }
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    try {
      threads.execute(() -> read(maxBytes, answer));
    } catch (RejectedExecutionException e) {
      release();
      answer.completeExceptionally(StoreException.of(StoreException.Kind.STOPPED));
    }
    return answer;
  }

  private void read(int maxBytes, CompletableFuture<byte[]> answer) {
    Runnable completion;
    try {
      byte[] bytes = writer.read(maxBytes);
      completion = () -> answer.complete(bytes);
    } catch (IOException e) {
      LOG.warn("a backup could not be read on", e);
      completion = () -> answer.completeExceptionally(new UncheckedIOException(e));
    } catch (RuntimeException e) {
      completion = () -> answer.completeExceptionally(e);
    }
    lastUsedNanos = System.nanoTime();
    release();
    Completions.runOn(caller, completion);
  }

  /** A read is over; if this was closed meanwhile, nobody else cleans up. */
  private void release() {
    boolean last;
    synchronized (this) {
      busy = false;
      last = closed;
    }
    if (last) {
      cleanUp();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (busy) {
        return; // whoever reads cleans up
      }
    }
    try {
      threads.execute(this::cleanUp);
    } catch (RejectedExecutionException e) {
      gone.accept(this);
      LOG.debug("{} is deleted at the next start", copy, e);
    }
  }

  private void cleanUp() {
    try {
      writer.close();
    } catch (IOException e) {
      LOG.warn("a file of a backup could not be closed", e);
    }
    delete(copy);
    gone.accept(this);
  }

  static void delete(Path copy) {
    try {
      DurableFiles.deleteTree(copy);
    } catch (IOException e) {
      LOG.warn("could not delete {}; it is deleted at the next start", copy, e);
    }
  }
}
