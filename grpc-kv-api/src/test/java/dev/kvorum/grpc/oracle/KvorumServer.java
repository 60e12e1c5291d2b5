package dev.kvorum.grpc.oracle;

import dev.kvorum.grpc.KvServer;
import dev.kvorum.grpc.RaftStoreMetrics;
import dev.kvorum.grpc.ServerConfig;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server under test as a single member in this process, with what it has in production behind it. */
final class KvorumServer implements Subject {
  private static final long START_SECONDS = 60;

  private final Path home;
  private final int peerPort;
  private RaftKvStore store;
  private KvServer server;

  private KvorumServer(Path home, int peerPort) throws IOException, InterruptedException {
    this.home = home;
    this.peerPort = peerPort;
    this.store = open();
    this.server = serve(0);
  }

  static KvorumServer start() throws IOException, InterruptedException {
    KvorumServer started = new KvorumServer(Files.createTempDirectory("oracle-kvorum"), freePort());
    try {
      started.awaitLeader();
    } catch (IOException | RuntimeException failure) {
      started.close();
      throw failure;
    }
    return started;
  }

  private RaftKvStore open() throws IOException, InterruptedException {
    return RaftKvStore.open(RaftConfig.builder(home.resolve("data"), "m0")
        .initialCluster(Map.of("m0", List.of("http://127.0.0.1:" + peerPort)))
        .build());
  }

  private KvServer serve(int port) throws IOException {
    return KvServer.start(
        store,
        ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .showing(new RaftStoreMetrics(store)));
  }

  private int port() {
    return server.clientAddresses().get(0).getPort();
  }

  /** In an orderly way: nobody can be killed alone in a process. */
  @Override
  public void restart() throws IOException, InterruptedException {
    int port = port();
    server.close();
    store.close();
    store = open();
    server = serve(port);
    awaitLeader();
  }

  @Override
  public String name() {
    return "kvorum";
  }

  @Override
  public String address() {
    return "127.0.0.1:" + port();
  }

  @Override
  public String lastWords() {
    return "";
  }

  @Override
  public void close() {
    server.close();
    store.close();
    EtcdProcess.deleteRecursively(home);
  }

  /** A linearizable read waits for the leader by itself, and fails when that takes long. */
  private void awaitLeader() throws IOException, InterruptedException {
    RangeRequest read = RangeRequest.newBuilder().setKey(Keys.ZERO).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    try (Endpoint endpoint = new Endpoint(address(), 1, List.of())) {
      Answer answer;
      do {
        answer =
            endpoint.call(0, KVGrpc.getRangeMethod(), read).get(START_SECONDS, TimeUnit.SECONDS);
        if (answer instanceof Answer.Reply) {
          return;
        }
      } while (System.nanoTime() < deadline);
      throw new IOException("no leader: " + answer);
    } catch (ExecutionException | TimeoutException failure) {
      throw new IOException("no leader", failure);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
