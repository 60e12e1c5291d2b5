package dev.kvorum.store.raft;

import dev.kvorum.store.apply.LogPosition;
import dev.kvorum.store.raft.disk.DurableFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the leader's state here when the leader's log no longer reaches back to this member's.
 *
 * <p>Receive into a temporary directory, sync every file, check every digest, name the directory, open it, let CURRENT
 * name it; then Ratis is told, and has the open copy take the place of the old one between two entries. A crash anywhere
 * leaves either the old state, and Ratis asks again, or the new one.
 */
final class SnapshotInstaller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotInstaller.class);

  private static final long TOTAL_MILLIS = 3_600_000;
  private static final long SILENCE_MILLIS = 60_000;
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 500;

  /** What came in: a message, or the end of the call. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Arrival(
      byte @Nullable [] message, @Nullable Status end) {}

  private final Replica replica;
  private final PeerClient peers;
  private final StoreMetrics metrics;
  private final Failpoints failpoints;
  private final String name;
  private @Nullable CompletableFuture<@Nullable TermIndex> underWay; // guarded by this
  private @Nullable Thread thread; // guarded by this
  private boolean closed;

  SnapshotInstaller(
      String name, Replica replica, PeerClient peers, StoreMetrics metrics, Failpoints failpoints) {
    this.name = name;
    this.replica = replica;
    this.peers = peers;
    this.metrics = metrics;
    this.failpoints = failpoints;
  }

  /**
   * Starts to bring a snapshot here; never waits.
   *
   * @param firstIndexInLog where the leader's log begins: the snapshot must reach up to it
   * @return completes with the snapshot's position, or with null when none is needed
   */
  synchronized CompletableFuture<@Nullable TermIndex> install(long leader, long firstIndexInLog) {
    CompletableFuture<@Nullable TermIndex> current = underWay;
    if (current != null && !current.isDone()) {
      return current;
    }
    long minIndex = firstIndexInLog - 1;
    LogPosition prepared = replica.prepared();
    if (prepared != null && prepared.index() >= minIndex) {
      return CompletableFuture.completedFuture(toTermIndex(prepared));
    }
    if (closed || replica.applier().appliedIndex() >= minIndex) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<@Nullable TermIndex> started = new CompletableFuture<>();
    underWay = started;
    Thread worker = new Thread(() -> run(leader, minIndex, started), name + "-snapshot-installer");
    worker.setDaemon(true);
    thread = worker;
    worker.start();
    return started;
  }

  private void run(long leader, long minIndex, CompletableFuture<@Nullable TermIndex> installed) {
    Path temporary = replica.directory().temporary("snap");
    try {
      LOG.info("receiving a snapshot from member {}", MemberIds.hex(leader));
      receive(leader, temporary);
      failpoints.reached("snapshot received");
      LogPosition position = replica.prepare(temporary, minIndex);
      if (position == null) {
        throw new IOException("the snapshot does not reach up to index " + minIndex);
      }
      metrics.snapshotsInstalled.increment();
      LOG.info("received a snapshot at {}", position);
      installed.complete(toTermIndex(position));
    } catch (IOException | RuntimeException e) {
      metrics.snapshotsFailed.increment();
      LOG.warn("a snapshot from member {} was not installed", MemberIds.hex(leader), e);
      delete(temporary);
      pause();
      installed.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      installed.completeExceptionally(e);
    }
  }

  private void receive(long leader, Path directory) throws IOException, InterruptedException {
    DurableFiles.createDirectories(directory);
    BlockingQueue<Arrival> arrivals = new ArrayBlockingQueue<>(4);
    ClientCall<byte[], byte[]> call = peers.start(
        leader, PeerMethod.SNAPSHOT, new byte[0], TOTAL_MILLIS, new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            arrivals.add(
                new Arrival(message, null)); // one is asked for at a time, so there is room
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            arrivals.add(new Arrival(null, status));
          }
        });
    try {
      Messages messages = new Messages(arrivals, call);
      for (SnapshotStream.File file : SnapshotStream.readFiles(messages.next())) {
        receiveFile(directory, file, messages);
        failpoints.reached("snapshot file");
      }
      SnapshotStream.expect(messages.next(), SnapshotStream.END);
    } finally {
      if (call != null) {
        call.cancel("done", null);
      }
    }
  }

  private static void receiveFile(Path directory, SnapshotStream.File file, Messages messages)
      throws IOException, InterruptedException {
    MessageDigest digest = SnapshotStream.newDigest();
    Path path = directory.resolve(file.name());
    long bytes = 0;
    byte[] message = messages.next();
    try (OutputStream out = Files.newOutputStream(path)) {
      while (SnapshotStream.kind(message) == SnapshotStream.PIECE) {
        digest.update(message, 1, message.length - 1);
        out.write(message, 1, message.length - 1);
        bytes += message.length - 1;
        message = messages.next();
      }
    }
    SnapshotStream.expect(message, SnapshotStream.FILE_END);
    if (bytes != file.bytes()
        || !MessageDigest.isEqual(SnapshotStream.body(message), digest.digest())) {
      throw new IOException("the file " + file.name() + " did not arrive as it was sent");
    }
    DurableFiles.syncFile(path);
  }

  /** Takes messages one by one. */
  private record Messages(
      BlockingQueue<Arrival> arrivals, @Nullable ClientCall<byte[], byte[]> call) {
    byte[] next() throws IOException, InterruptedException {
      Arrival arrival = arrivals.poll(SILENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (arrival == null) {
        throw new IOException("nothing came for " + SILENCE_MILLIS + " ms");
      }
      byte[] message = arrival.message;
      if (message == null) {
        throw new IOException("the snapshot ended early: " + arrival.end);
      }
      if (call != null) {
        call.request(1);
      }
      return message;
    }
  }

  private static TermIndex toTermIndex(LogPosition position) {
    return TermIndex.valueOf(position.term(), position.index());
  }

  private static void delete(Path directory) {
    try {
      DurableFiles.deleteTree(directory);
    } catch (IOException e) {
      LOG.warn("could not delete {}; it is deleted at the next start", directory, e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS); // the leader asks again at once
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    Thread worker;
    synchronized (this) {
      closed = true;
      worker = thread;
    }
    if (worker != null) {
      worker.interrupt();
      try {
        worker.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
