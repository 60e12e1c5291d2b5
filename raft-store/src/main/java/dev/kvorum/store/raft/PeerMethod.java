package dev.kvorum.store.raft;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.ratis.thirdparty.io.grpc.KnownLength;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;

/**
 * What members ask each other besides Raft itself, on the same port. Requests and answers are plain bytes, written and
 * read by those who ask and answer.
 */
enum PeerMethod {
  /** A voter says whether it is in a term. */
  CONFIRM_TERM("ConfirmTerm", false),
  /** The leader proves that it leads and says up to where a read must wait. */
  READ_INDEX("ReadIndex", false),
  /** The leader writes a follower's batch into the log. */
  PROPOSE("Propose", false),
  /** The leader renews a lease. */
  RENEW_LEASE("RenewLease", false),
  /** The leader says how long a lease has left. */
  LEASE_TIME_TO_LIVE("LeaseTimeToLive", false),
  /** A member says which disk it uses, before it takes part. */
  HELLO("Hello", false),
  /** A member digests its history up to a revision. */
  HASH("Hash", false),
  /** The leader says whether the membership may be changed now. */
  MAY_RECONFIGURE("MayReconfigure", false),
  /** The process of a member that was added asks who it is; the only call of somebody without an id. */
  JOIN("Join", false),
  /** A member sends a copy of its state. */
  SNAPSHOT("Snapshot", true);

  static final String SERVICE = "kvorum.internal.Peer";

  @SuppressWarnings("ImmutableEnumChecker") // it is, only not annotated
  private final MethodDescriptor<byte[], byte[]> descriptor;

  PeerMethod(String name, boolean streams) {
    this.descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(
            streams
                ? MethodDescriptor.MethodType.SERVER_STREAMING
                : MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new Marshaller())
        .setResponseMarshaller(new Marshaller())
        .build();
  }

  MethodDescriptor<byte[], byte[]> descriptor() {
    return descriptor;
  }

  private static final class Marshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new Content(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Content extends ByteArrayInputStream implements KnownLength {
    Content(byte[] bytes) {
      super(bytes);
    }
  }
}
