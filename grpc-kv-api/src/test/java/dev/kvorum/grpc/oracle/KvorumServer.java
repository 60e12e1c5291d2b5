package dev.kvorum.grpc.oracle;

import dev.kvorum.grpc.KvServer;
import dev.kvorum.grpc.RaftStoreMetrics;
import dev.kvorum.grpc.ServerConfig;
import dev.kvorum.grpc.tls.ServerTls;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.identity.AuthConfig;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import dev.kvorum.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server under test as a single member in this process, with what it has in production behind it. */
final class KvorumServer implements Subject {
  private static final long START_SECONDS = 60;

  private final Path home;
  private final int peerPort;
  private final AuthConfig auth;
  private final @Nullable ServerTls tls;
  private RaftKvStore store;
  private KvServer server;

  private KvorumServer(Path home, int peerPort, AuthConfig auth, @Nullable ServerTls tls)
      throws IOException, InterruptedException {
    this.home = home;
    this.peerPort = peerPort;
    this.auth = auth;
    this.tls = tls;
    this.store = open();
    this.server = serve(0);
  }

  static KvorumServer start() throws IOException, InterruptedException {
    return start(new AuthConfig("simple", Duration.ofMinutes(5), 4, 0), null);
  }

  /**
   * Starts one.
   *
   * @param tls of the client port, closed with the server; null for none
   */
  static KvorumServer start(AuthConfig auth, @Nullable TlsSettings tls)
      throws IOException, InterruptedException {
    KvorumServer started = new KvorumServer(
        Files.createTempDirectory("oracle-kvorum"),
        freePort(),
        auth,
        tls == null ? null : ServerTls.open(tls, true));
    try {
      started.awaitLeader();
    } catch (RuntimeException failure) {
      started.close();
      throw failure;
    }
    return started;
  }

  private RaftKvStore open() throws IOException, InterruptedException {
    return RaftKvStore.open(RaftConfig.builder(home.resolve("data"), EtcdProcess.MEMBER)
        .initialCluster(Map.of(EtcdProcess.MEMBER, List.of("http://127.0.0.1:" + peerPort)))
        .clientUrls(List.of("http://127.0.0.1:2379")) // any: nobody asks for it
        .auth(auth)
        .build());
  }

  private KvServer serve(int port) throws IOException {
    return KvServer.start(
        store,
        ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .with(new ServerConfig.Security(tls, Set.of()))
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
    if (tls != null) {
      tls.close();
    }
    EtcdProcess.deleteRecursively(home);
  }

  /** Asks until there is a leader, without whom there is no answer. */
  private void awaitLeader() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        store
            .auth()
            .status(CallContext.inline())
            .orTimeout(START_SECONDS, TimeUnit.SECONDS)
            .join();
        return;
      } catch (CompletionException failure) {
        boolean notYet = failure.getCause() instanceof StoreException refused
            && refused.kind() == StoreException.Kind.TIMEOUT;
        if (!notYet || System.nanoTime() > deadline) {
          throw failure;
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
