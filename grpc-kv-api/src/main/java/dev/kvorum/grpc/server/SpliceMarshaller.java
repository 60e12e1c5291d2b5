package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.Splice;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Hands a {@link Splice} to gRPC so that its pieces are copied once, into the buffer that is sent. */
enum SpliceMarshaller implements MethodDescriptor.Marshaller<Splice> {
  INSTANCE;

  @Override
  public InputStream stream(Splice message) {
    return new SpliceStream(message);
  }

  @Override
  public Splice parse(InputStream stream) {
    throw new UnsupportedOperationException("a server sends these only");
  }

  /** gRPC drains it; being read byte by byte is for the sake of completeness, and copies. */
  private static final class SpliceStream extends InputStream implements KnownLength, Drainable {
    private final Splice message;
    private @Nullable ByteArrayInputStream rest; // null: nothing was taken yet

    SpliceStream(Splice message) {
      this.message = message;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      if (rest != null) {
        return (int) rest.transferTo(target);
      }
      rest = new ByteArrayInputStream(new byte[0]);
      message.writeTo(target);
      return message.size();
    }

    @Override
    public int available() {
      return rest == null ? message.size() : rest.available();
    }

    @Override
    public int read() {
      return rest().read();
    }

    @Override
    public int read(byte[] target, int offset, int count) {
      return rest().read(target, offset, count);
    }

    private ByteArrayInputStream rest() {
      if (rest == null) {
        rest = new ByteArrayInputStream(message.toByteArray());
      }
      return rest;
    }
  }
}
