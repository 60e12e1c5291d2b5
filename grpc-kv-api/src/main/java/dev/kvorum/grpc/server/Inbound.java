package dev.kvorum.grpc.server;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A message as it arrived, or why it could not be taken. */
final class Inbound {
  private static final byte[] NOTHING = new byte[0];

  private final byte[] bytes;
  private final @Nullable Status problem;

  private Inbound(byte[] bytes, @Nullable Status problem) {
    this.bytes = bytes;
    this.problem = problem;
  }

  /** The encoded message; nobody else has the array. Empty when there is a problem. */
  byte[] bytes() {
    return bytes;
  }

  /** Why there is no message; null when all is well. */
  @Nullable
  Status problem() {
    return problem;
  }

  /** Takes messages of up to {@code maxBytes}. The answer to a larger one is gRPC for Go's, word for word. */
  static MethodDescriptor.Marshaller<Inbound> marshaller(int maxBytes) {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(Inbound value) {
        throw new UnsupportedOperationException("a server receives these only");
      }

      @Override
      public Inbound parse(InputStream stream) {
        try {
          int size = stream instanceof KnownLength ? stream.available() : -1;
          if (size > maxBytes) {
            return tooLarge(Integer.toString(size), maxBytes);
          }
          byte[] bytes = stream.readNBytes(size >= 0 ? size : maxBytes + 1);
          return bytes.length > maxBytes
              ? tooLarge("after decompression", maxBytes)
              : new Inbound(bytes, null);
        } catch (IOException e) {
          return new Inbound(
              NOTHING,
              Status.INTERNAL
                  .withDescription("grpc: failed to read the message")
                  .withCause(e));
        }
      }
    };
  }

  private static Inbound tooLarge(String size, int maxBytes) {
    return new Inbound(
        NOTHING,
        Status.RESOURCE_EXHAUSTED.withDescription(
            "grpc: received message larger than max (" + size + " vs. " + maxBytes + ")"));
  }
}
