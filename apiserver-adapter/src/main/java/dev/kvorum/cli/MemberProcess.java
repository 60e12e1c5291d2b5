package dev.kvorum.cli;

import dev.kvorum.grpc.KvServer;
import dev.kvorum.grpc.RaftStoreMetrics;
import dev.kvorum.grpc.ServerConfig;
import dev.kvorum.grpc.server.Limits;
import dev.kvorum.grpc.tls.ServerTls;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running member: its store and, in front of it, its server.
 *
 * <p>Clients are served only after the store is open, so that nothing is answered from half a state; they are turned away
 * before it is closed, so that calls under way can still be answered.
 */
final class MemberProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MemberProcess.class);

  // The log is cut by whole files: one should not hold many times the entries after which it may be
  // cut.
  private static final long ASSUMED_ENTRY_BYTES = 6_400;
  private static final long MIN_SEGMENT_BYTES = 64 << 10;
  private static final long MAX_SEGMENT_BYTES = 64 << 20;

  /**
   * A client that finds a new member ready should find it in the member list too; but one that has no leader can still
   * answer serializable reads and say how it is.
   */
  private static final Duration LISTED_PATIENCE = Duration.ofSeconds(5);

  /** Where in the data directory certificates are that members make themselves. */
  private static final String SELF_MADE = "fixtures";

  /** The member cannot start; the message is for the operator. */
  static final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final RaftKvStore store;
  private final KvServer server;
  private final @Nullable ServerTls clientTls;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable ApiPort kubernetes; // guarded by this

  private MemberProcess(RaftKvStore store, KvServer server, @Nullable ServerTls clientTls) {
    this.store = store;
    this.server = server;
    this.clientTls = clientTls;
  }

  /**
   * Opens the store and serves it.
   *
   * @throws StartFailure if the data cannot be used, a peer refuses this member, or an address is taken
   */
  static MemberProcess start(ServerOptions options) {
    log.info(
        "starting version={} name={} dataDir={} listenClients={} listenPeers={}",
        Versions.kvorum(),
        options.name(),
        options.dataDirectory(),
        urls(options.listenClients()),
        urls(options.listenPeers()));
    ServerTls clientTls = null;
    RaftKvStore store = null;
    try {
      clientTls = clientTls(options);
      store = RaftKvStore.open(raftConfig(options));
      if (!store.awaitListed(LISTED_PATIENCE)) {
        log.warn("there is no leader yet; clients are served without one");
      }
      KvServer server = KvServer.start(store, serverConfig(options, store, clientTls));
      MemberProcess member = new MemberProcess(store, server, clientTls);
      Runtime.getRuntime().addShutdownHook(new Thread(member::stopFromHook, "shutdown"));
      // Programs that start a member wait for these words.
      log.info(
          "ready to serve client requests member={} cluster={} clients={}",
          Long.toHexString(store.identity().memberId()),
          Long.toHexString(store.identity().clusterId()),
          server.clientAddresses());
      return member;
    } catch (InterruptedException interrupted) {
      close(store, clientTls);
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted", interrupted);
    } catch (IOException | RuntimeException failure) {
      close(store, clientTls);
      throw new StartFailure(message(failure), failure);
    }
  }

  private static void close(@Nullable RaftKvStore store, @Nullable ServerTls clientTls) {
    if (store != null) {
      store.close();
    }
    if (clientTls != null) {
      clientTls.close();
    }
  }

  /** What secures clients' connections; null if no address is secured. */
  private static @Nullable ServerTls clientTls(ServerOptions options) throws IOException {
    if (Stream.of(
            options.listenClients(), options.listenMetrics(), options.http().listen())
        .flatMap(List::stream)
        .noneMatch(Endpoint::secure)) {
      return null;
    }
    PortSecurity security = options.clientSecurity();
    return ServerTls.open(
        security.settings(
            options.dataDirectory().resolve(SELF_MADE).resolve("client"),
            options.listenClients().stream().map(Endpoint::host).distinct().toList()),
        security.certAuth());
  }

  /** What secures connections between members; null if their URLs are plain. */
  private static RaftConfig.@Nullable PeerSecurity peerSecurity(ServerOptions options)
      throws IOException {
    if (options.listenPeers().stream().noneMatch(Endpoint::secure)) {
      return null;
    }
    PortSecurity security = options.peerSecurity();
    return new RaftConfig.PeerSecurity(
        security.settings(
            options.dataDirectory().resolve(SELF_MADE).resolve("peer"),
            options.listenPeers().stream().map(Endpoint::host).distinct().toList()),
        !security.skipAddressCheck());
  }

  private static RaftConfig raftConfig(ServerOptions options) throws IOException {
    return RaftConfig.builder(options.dataDirectory(), options.name())
        .initialCluster(options.initialCluster())
        .clusterToken(options.clusterToken())
        .newCluster(!options.existing())
        .listenPeerUrls(urls(options.listenPeers()))
        .clientUrls(options.advertiseClientUrls())
        .heartbeatInterval(Duration.ofMillis(options.heartbeatMillis()))
        .electionTimeout(Duration.ofMillis(options.electionMillis()))
        .snapshotCount(options.snapshotCount())
        .logRetention(options.snapshotCatchupEntries())
        .logSegmentBytes(Math.clamp(
            options.snapshotCount() * ASSUMED_ENTRY_BYTES, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES))
        .maxRequestBytes(options.maxRequestBytes())
        .compactionBatchRevisions(options.compactionBatchLimit())
        .compactionPause(options.compactionPause())
        .peerSecurity(peerSecurity(options))
        .progressInterval(options.progressNotifyInterval())
        .auth(options.auth())
        .maintenance(options.maintenance())
        .strictReconfigCheck(options.strictReconfigCheck())
        .maxLearners(options.maxLearners())
        .build();
  }

  private static ServerConfig serverConfig(
      ServerOptions options, RaftKvStore store, @Nullable ServerTls clientTls) {
    return new ServerConfig(
        options.listenClients().stream().map(Endpoint::address).toList(),
        options.listenMetrics().stream().map(Endpoint::address).toList(),
        new Limits(
            options.maxRequestBytes(),
            options.maxTxnOps(),
            options.electionMillis(),
            options.maintenance().quotaBytes()),
        new ServerConfig.Connections(
            options.maxConcurrentStreams(),
            options.keepAliveMinTime(),
            options.keepAliveInterval(),
            options.keepAliveTimeout()),
        new ServerConfig.Security(
            clientTls,
            Stream.of(
                    options.listenClients(),
                    options.listenMetrics(),
                    options.http().listen())
                .flatMap(List::stream)
                .filter(endpoint -> !endpoint.secure())
                .map(Endpoint::address)
                .collect(Collectors.toSet())),
        List.of(new RaftStoreMetrics(store)),
        options.http().config());
  }

  private static List<String> urls(List<Endpoint> endpoints) {
    return endpoints.stream().map(Endpoint::url).toList();
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  /**
   * Serves the Kubernetes API on this member's store, until this is closed.
   *
   * @throws StartFailure if an address or a file cannot be used
   */
  ApiPort serveKubernetes(
      String url, Path directory, @Nullable Path kubeconfig, @Nullable Path tokens) {
    ApiPort port = ApiPort.open(store, url, directory, kubeconfig, tokens);
    synchronized (this) {
      kubernetes = port;
      if (closed.getCount() == 0) {
        port.close(); // told to stop meanwhile
      }
    }
    return port;
  }

  /** Waits until the process is told to stop, and returns its exit code. */
  int awaitStop() {
    try {
      stop.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** A signal runs the hooks and then ends the process, whatever other threads do; so the hook waits for the close. */
  private void stopFromHook() {
    log.info("stopping");
    stop.countDown();
    close();
  }

  @Override
  public synchronized void close() {
    if (closed.getCount() == 0) {
      return;
    }
    if (kubernetes != null) {
      kubernetes.close();
    }
    server.close();
    close(store, clientTls);
    closed.countDown();
    log.info("stopped");
  }
}
