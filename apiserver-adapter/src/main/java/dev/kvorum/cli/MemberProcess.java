package dev.kvorum.cli;

import dev.kvorum.grpc.KvServer;
import dev.kvorum.grpc.RaftStoreMetrics;
import dev.kvorum.grpc.ServerConfig;
import dev.kvorum.grpc.server.Limits;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

  /** The member cannot start; the message is for the operator. */
  static final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final RaftKvStore store;
  private final KvServer server;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private MemberProcess(RaftKvStore store, KvServer server) {
    this.store = store;
    this.server = server;
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
    RaftKvStore store;
    try {
      store = RaftKvStore.open(raftConfig(options));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted", interrupted);
    } catch (IOException | RuntimeException failure) {
      throw new StartFailure(message(failure), failure);
    }
    try {
      KvServer server = KvServer.start(store, serverConfig(options, store));
      MemberProcess member = new MemberProcess(store, server);
      Runtime.getRuntime().addShutdownHook(new Thread(member::stopFromHook, "shutdown"));
      // Programs that start a member wait for these words.
      log.info(
          "ready to serve client requests member={} cluster={} clients={}",
          Long.toHexString(store.identity().memberId()),
          Long.toHexString(store.identity().clusterId()),
          server.clientAddresses());
      return member;
    } catch (IOException | RuntimeException failure) {
      store.close();
      throw new StartFailure(message(failure), failure);
    }
  }

  private static RaftConfig raftConfig(ServerOptions options) {
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
        .progressInterval(options.progressNotifyInterval())
        .maintenance(options.maintenance())
        .build();
  }

  private static ServerConfig serverConfig(ServerOptions options, RaftKvStore store) {
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
        List.of(new RaftStoreMetrics(store)));
  }

  private static List<String> urls(List<Endpoint> endpoints) {
    return endpoints.stream().map(Endpoint::url).toList();
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
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
    server.close();
    store.close();
    closed.countDown();
    log.info("stopped");
  }
}
