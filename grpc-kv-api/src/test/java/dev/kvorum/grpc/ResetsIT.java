package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.store.RangeResult;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that opens streams and resets them at once (CVE-2023-44487) is sent away; the others are served. */
class ResetsIT {
  private static final int MANY = 20_000;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_OF_HEADERS = 4;

  @Test
  void whoOnlyResetsIsDisconnected() throws Exception {
    ScriptedStore store = new ScriptedStore();
    store.answer = request -> new RangeResult(7, List.of(), false, 0);
    try (KvServer server = KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))) {
      InetSocketAddress address = server.clientAddresses().get(0);
      assertThat(isSentAway(address)).isTrue();

      ManagedChannel channel =
          NettyChannelBuilder.forAddress(address).usePlaintext().build();
      try {
        assertThat(KVGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .range(RangeRequest.getDefaultInstance().toBuilder()
                    .setKey(com.google.protobuf.ByteString.copyFromUtf8("k"))
                    .build())
                .getHeader()
                .getRevision())
            .isEqualTo(7);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static boolean isSentAway(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, 10_000);
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(frame(SETTINGS, 0, 0, new byte[0]));
      try {
        for (int i = 0; i < MANY; i++) {
          int stream = 2 * i + 1;
          out.write(frame(HEADERS, END_OF_HEADERS, stream, headers()));
          out.write(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
        }
      } catch (IOException closed) {
        return true;
      }
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      try {
        while (in.read(buffer) >= 0) {
          // until the server closes
        }
      } catch (IOException reset) {
        return !(reset instanceof java.net.SocketTimeoutException);
      }
      return true;
    }
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    byte[] frame = new byte[9 + payload.length];
    frame[0] = (byte) (payload.length >> 16);
    frame[1] = (byte) (payload.length >> 8);
    frame[2] = (byte) payload.length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    for (int i = 0; i < 4; i++) {
      frame[5 + i] = (byte) (stream >> (24 - 8 * i));
    }
    System.arraycopy(payload, 0, frame, 9, payload.length);
    return frame;
  }

  /** Of a call, each name and value written out. */
  private static byte[] headers() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    header(block, ":method", "POST");
    header(block, ":scheme", "http");
    header(block, ":path", "/etcdserverpb.KV/Range");
    header(block, ":authority", "localhost");
    header(block, "content-type", "application/grpc");
    header(block, "te", "trailers");
    return block.toByteArray();
  }

  private static void header(ByteArrayOutputStream block, String name, String value) {
    block.write(0); // not to be remembered, name and value follow
    for (String text : List.of(name, value)) {
      block.write(text.length());
      block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
