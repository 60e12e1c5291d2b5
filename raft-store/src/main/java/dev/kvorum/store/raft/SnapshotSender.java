package dev.kvorum.store.raft;

import dev.kvorum.store.raft.disk.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends copies of this member's state to others: a checkpoint of the engine, which shares the engine's files, streamed at
 * the pace the receiver takes it. Works on its own few threads.
 */
final class SnapshotSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  private static final int SENDERS = 2;
  private static final long STUCK_MILLIS = 30_000;

  private final Replica replica;
  private final StoreMetrics metrics;
  private final Failpoints failpoints;
  private final ReadPool threads;

  SnapshotSender(String name, Replica replica, StoreMetrics metrics, Failpoints failpoints) {
    this.replica = replica;
    this.metrics = metrics;
    this.failpoints = failpoints;
    this.threads = new ReadPool(name + "-snapshot-sender", SENDERS, SENDERS);
  }

  /** Starts to answer {@link PeerMethod#SNAPSHOT}. */
  void handle(long caller, PeerService.ReadyCall ready) {
    Pace pace = new Pace(ready);
    ready.onReady(pace::wake);
    try {
      threads.execute(() -> send(caller, ready, pace));
    } catch (RejectedExecutionException e) {
      ready
          .call()
          .close(
              Status.RESOURCE_EXHAUSTED.withDescription("too many snapshots at once"),
              new Metadata());
    }
  }

  private void send(long caller, PeerService.ReadyCall ready, Pace pace) {
    ServerCall<byte[], byte[]> call = ready.call();
    Path copy = replica.directory().temporary("out");
    try {
      replica.state().engine().checkpoint(copy);
      long bytes = stream(copy, call, pace);
      call.close(Status.OK, new Metadata());
      metrics.snapshotsSent.increment();
      LOG.info("sent a snapshot of {} bytes to member {}", bytes, MemberIds.hex(caller));
    } catch (IOException | RuntimeException e) {
      LOG.warn("could not send a snapshot to member {}", MemberIds.hex(caller), e);
      if (!call.isCancelled()) {
        call.close(Status.INTERNAL.withDescription(String.valueOf(e)), new Metadata());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.close(Status.CANCELLED, new Metadata());
    } finally {
      try {
        DurableFiles.deleteTree(copy);
      } catch (IOException e) {
        LOG.warn("could not delete {}; it is deleted at the next start", copy, e);
      }
    }
  }

  private long stream(Path copy, ServerCall<byte[], byte[]> call, Pace pace)
      throws IOException, InterruptedException {
    List<Path> paths;
    try (Stream<Path> list = Files.list(copy)) {
      paths = list.sorted().toList();
    }
    List<SnapshotStream.File> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(new SnapshotStream.File(String.valueOf(path.getFileName()), Files.size(path)));
    }
    pace.await();
    call.sendMessage(SnapshotStream.files(files));
    long total = 0;
    byte[] buffer = new byte[SnapshotStream.MAX_PIECE_BYTES];
    for (Path path : paths) {
      MessageDigest digest = SnapshotStream.newDigest();
      try (InputStream in = Files.newInputStream(path)) {
        int length;
        while ((length = in.readNBytes(buffer, 0, buffer.length)) > 0) {
          failpoints.reached("snapshot piece");
          digest.update(buffer, 0, length);
          pace.await();
          call.sendMessage(SnapshotStream.piece(buffer, length));
          total += length;
        }
      }
      pace.await();
      call.sendMessage(SnapshotStream.fileEnd(digest.digest()));
    }
    pace.await();
    call.sendMessage(SnapshotStream.end());
    return total;
  }

  /** Lets the sending thread wait until the call takes more. */
  private static final class Pace {
    private final PeerService.ReadyCall ready;

    Pace(PeerService.ReadyCall ready) {
      this.ready = ready;
    }

    synchronized void wake() {
      notifyAll();
    }

    synchronized void await() throws IOException, InterruptedException {
      long end = System.nanoTime() + STUCK_MILLIS * 1_000_000;
      while (!ready.call().isReady()) {
        if (ready.isCancelled()) {
          throw new IOException("the receiver has gone");
        }
        if (System.nanoTime() - end > 0) {
          throw new IOException("the receiver takes nothing for " + STUCK_MILLIS + " ms");
        }
        wait(1000);
      }
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
