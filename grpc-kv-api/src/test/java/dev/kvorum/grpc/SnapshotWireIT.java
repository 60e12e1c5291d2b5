package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.SnapshotRequest;
import dev.kvorum.proto.etcd.SnapshotResponse;
import dev.kvorum.store.Backup;
import dev.kvorum.store.StoreException;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots through a real connection. */
class SnapshotWireIT {
  private final ScriptedStore store = new ScriptedStore();
  private KvServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    channel = NettyChannelBuilder.forAddress(server.clientAddresses().get(0))
        .usePlaintext()
        .build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.close();
  }

  /** Bytes that say where they stand, and a digest that is not one. */
  private static final class ScriptedBackup implements Backup {
    private final long total;
    private long at;
    private boolean digestSent;
    final AtomicInteger reads = new AtomicInteger();
    final CountDownLatch closed = new CountDownLatch(1);

    ScriptedBackup(long total) {
      this.total = total;
    }

    @Override
    public long totalBytes() {
      return total;
    }

    @Override
    public CompletableFuture<byte[]> read(int maxBytes) {
      reads.incrementAndGet();
      byte[] piece = new byte[(int) Math.min(maxBytes, total - at)];
      long from = at;
      setAll(piece, i -> (int) ((from + i) / 1000));
      at += piece.length;
      if (piece.length == 0 && !digestSent) {
        digestSent = true;
        piece = new byte[32];
      }
      return CompletableFuture.completedFuture(piece);
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private static void setAll(byte[] bytes, java.util.function.IntUnaryOperator value) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) value.applyAsInt(i);
    }
  }

  @Test
  void itComesInSmallPiecesWithTheDigestLast() throws Exception {
    long total = 512L * 2000;
    ScriptedBackup backup = new ScriptedBackup(total);
    store.answer = request -> backup;
    Iterator<SnapshotResponse> responses = MaintenanceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .snapshot(SnapshotRequest.getDefaultInstance());

    ByteArrayOutputStream all = new ByteArrayOutputStream();
    long remaining = total;
    SnapshotResponse last = SnapshotResponse.getDefaultInstance();
    while (responses.hasNext()) {
      last = responses.next();
      assertThat(last.getBlob().size()).isBetween(1, 32 * 1024);
      assertThat(last.getVersion()).isEqualTo("3.7.0");
      assertThat(last.hasHeader()).isFalse();
      remaining = Math.max(0, remaining - last.getBlob().size());
      assertThat(last.getRemainingBytes()).isEqualTo(remaining);
      last.getBlob().writeTo(all);
    }

    byte[] expected = new byte[(int) total + 32];
    setAll(expected, i -> i < total ? i / 1000 : 0);
    assertThat(all.toByteArray()).isEqualTo(expected);
    assertThat(last.getBlob().size()).isEqualTo(32);
    assertThat(backup.closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoDoesNotReadIsNotReadFor() throws Exception {
    ScriptedBackup backup = new ScriptedBackup(1L << 40);
    store.answer = request -> backup;
    ClientCall<SnapshotRequest, SnapshotResponse> call =
        channel.newCall(MaintenanceGrpc.getSnapshotMethod(), io.grpc.CallOptions.DEFAULT);
    CountDownLatch first = new CountDownLatch(1);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(SnapshotResponse message) {
            first.countDown();
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(SnapshotRequest.getDefaultInstance());
    call.halfClose();
    assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
    int before;
    do {
      before = backup.reads.get();
    } while (backup.closed.await(500, TimeUnit.MILLISECONDS) || backup.reads.get() != before);
    assertThat(before).isLessThan(100);

    call.cancel("enough", null);

    assertThat(backup.closed.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void tooManyAtOnceAreRefused() {
    store.answer = request -> StoreException.of(StoreException.Kind.TOO_MANY_REQUESTS);
    Iterator<SnapshotResponse> responses = MaintenanceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .snapshot(SnapshotRequest.getDefaultInstance());

    assertThatThrownBy(responses::next)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal -> assertThat(refusal.getStatus().getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
  }
}
