package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.SnapshotMessages;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.proto.etcd.SnapshotRequest;
import dev.kvorum.store.Backup;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Sends a backup at the pace at which the client takes it: the next piece is read when the last one is on its way, so no
 * more than one waits in memory.
 */
final class SnapshotCall extends StreamCall {
  /** The largest blob that etcd sends. */
  private static final int BLOB_BYTES = 32 * 1024;

  /** What is read at a time. */
  private static final int PIECE_BYTES = 8 * BLOB_BYTES;

  private final KvStore store;
  private @Nullable Backup backup;
  private boolean asked;
  private boolean reading;
  private long remaining;

  private SnapshotCall(ServerCall<Inbound, Splice> call, KvStore store, OpenStreams streams) {
    super(call, streams, false);
    this.store = store;
  }

  @Override
  void received(byte[] message) throws Exception {
    Parsed.message(SnapshotRequest.parser(), message);
    if (asked) {
      close(Status.INTERNAL.withDescription("more than one request message"));
      return;
    }
    asked = true;
    var unused = store
        .maintenance()
        .backup(CallContext.on(loop()))
        .whenComplete((taken, failure) -> {
          if (failure != null) {
            close(Statuses.of(failure));
          } else if (isClosed()) {
            taken.close();
          } else {
            backup = taken;
            remaining = taken.totalBytes();
            pump();
          }
        });
  }

  private void pump() {
    Backup open = backup;
    if (open == null || reading || !isReady()) {
      return;
    }
    reading = true;
    var unused = open.read(PIECE_BYTES).whenComplete((piece, failure) -> {
      reading = false;
      if (isClosed()) {
        return;
      }
      if (failure != null) {
        close(Statuses.of(failure));
      } else if (piece.length == 0) {
        close(Status.OK);
      } else {
        send(piece);
        pump();
      }
    });
  }

  private void send(byte[] piece) {
    for (int at = 0; at < piece.length; at += BLOB_BYTES) {
      int length = Math.min(BLOB_BYTES, piece.length - at);
      remaining = Math.max(0, remaining - length); // the digest at the end does not count
      send(SnapshotMessages.blob(piece, at, length, remaining, EtcdVersion.STORAGE));
    }
  }

  @Override
  public void onHalfClose() {
    if (!asked) {
      close(Status.INTERNAL.withDescription("no request message"));
    }
  }

  @Override
  void writable() {
    pump();
  }

  @Override
  void ended() {
    Backup open = backup;
    if (open != null) {
      open.close();
    }
  }

  /** Accepts the calls; members that do not vote serve them too. */
  record Factory(KvStore store, CallGate gate, OpenStreams streams)
      implements ServerCallHandler<Inbound, Splice> {
    @Override
    public ServerCall.Listener<Inbound> startCall(
        ServerCall<Inbound, Splice> call, Metadata headers) {
      Status refusal = gate.refusal(headers, true);
      if (refusal != null) {
        call.close(refusal, new Metadata());
        return new UnaryHandler.Ignore();
      }
      return new SnapshotCall(call, store, streams);
    }
  }
}
