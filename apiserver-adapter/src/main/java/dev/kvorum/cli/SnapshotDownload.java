package dev.kvorum.cli;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.client.MemberChannel;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.SnapshotRequest;
import dev.kvorum.proto.etcd.SnapshotResponse;
import dev.kvorum.tls.ClientTls;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Fetches a snapshot from a member. */
final class SnapshotDownload {
  private static final int DIGEST_BYTES = 32;

  private SnapshotDownload() {}

  /**
   * Fetches it to a file beside {@code target} and renames that once it is complete, checked and on disk.
   *
   * @param tls null for plain text
   * @param login null for nobody in particular
   * @param progress told how many bytes have come so far
   * @return the version that the member said; may be empty
   */
  static String from(
      Endpoint endpoint,
      @Nullable ClientTls tls,
      @Nullable Login login,
      Path target,
      LongConsumer progress)
      throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    ManagedChannel channel = MemberChannel.to(List.of(endpoint.address()), tls);
    try {
      String version = fetch(login == null ? channel : login.on(channel), part, progress);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Path directory = target.toAbsolutePath().getParent();
      if (directory != null) {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
          names.force(true);
        }
      }
      return version;
    } catch (StatusRuntimeException refusal) {
      throw new IOException(String.valueOf(refusal.getStatus()), refusal);
    } finally {
      channel.shutdownNow();
      Files.deleteIfExists(part);
    }
  }

  private static String fetch(Channel channel, Path part, LongConsumer progress)
      throws IOException {
    Iterator<SnapshotResponse> responses =
        MaintenanceGrpc.newBlockingStub(channel).snapshot(SnapshotRequest.getDefaultInstance());
    MessageDigest digest = sha256();
    String version = "";
    long bytes = 0;
    byte[] last = new byte[0];
    try (FileChannel out = FileChannel.open(
        part,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE)) {
      while (responses.hasNext()) {
        SnapshotResponse response = responses.next();
        version = response.getVersion();
        digest.update(last);
        last = response.getBlob().toByteArray();
        write(out, response.getBlob());
        bytes += last.length;
        progress.accept(bytes);
      }
      if (bytes % 512 != DIGEST_BYTES || last.length != DIGEST_BYTES) {
        throw new IOException("sha256 checksum not found [bytes: " + bytes + "]");
      }
      if (!MessageDigest.isEqual(last, digest.digest())) {
        throw new IOException("the snapshot did not arrive as it was sent: its SHA-256 is another");
      }
      out.force(true);
    }
    return version;
  }

  private static void write(FileChannel out, ByteString bytes) throws IOException {
    for (ByteBuffer rest : bytes.asReadOnlyByteBufferList()) {
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
