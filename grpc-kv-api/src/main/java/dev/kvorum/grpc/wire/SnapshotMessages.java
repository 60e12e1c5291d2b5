package dev.kvorum.grpc.wire;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.SnapshotResponse;

/** Writes the pieces of a snapshot. They have no header. */
public final class SnapshotMessages {
  private SnapshotMessages() {}

  /**
   * One piece.
   *
   * @param remaining how many bytes come after it, without the digest at the end
   * @param version of the storage, as clients show it
   */
  public static Splice blob(byte[] bytes, int at, int length, long remaining, String version) {
    return Splice.of(SnapshotResponse.newBuilder()
        .setRemainingBytes(remaining)
        .setBlob(ByteString.copyFrom(bytes, at, length))
        .setVersion(version)
        .build()
        .toByteArray());
  }
}
