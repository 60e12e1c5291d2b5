package dev.kvorum.conformance;

import dev.kvorum.grpc.KvServer;
import dev.kvorum.grpc.ServerConfig;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** jetcd and a store of one member. {@code -Dconformance.endpoint=http://host:port} looks at another store instead. */
class JetcdIT extends JetcdContract {
  private static @Nullable RaftKvStore store;
  private static @Nullable KvServer server;
  private static String endpoint = System.getProperty("conformance.endpoint", "");

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    if (!endpoint.isEmpty()) {
      return;
    }
    int clientPort = freePort();
    endpoint = "http://127.0.0.1:" + clientPort;
    RaftKvStore opened = RaftKvStore.open(RaftConfig.builder(directory.resolve("data"), "m1")
        .initialCluster(Map.of("m1", List.of("http://127.0.0.1:" + freePort())))
        .clientUrls(List.of(endpoint))
        .build());
    store = opened;
    server = KvServer.start(
        opened,
        ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort)));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
    if (store != null) {
      store.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  String endpoint() {
    return endpoint;
  }
}
