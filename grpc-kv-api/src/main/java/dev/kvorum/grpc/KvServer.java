package dev.kvorum.grpc;

import dev.kvorum.grpc.gateway.JsonGateway;
import dev.kvorum.grpc.http.HealthPages;
import dev.kvorum.grpc.http.HttpEndpoint;
import dev.kvorum.grpc.http.MetricsPage;
import dev.kvorum.grpc.http.OnePortNegotiator;
import dev.kvorum.grpc.http.Pages;
import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.ProcessMetrics;
import dev.kvorum.grpc.server.EtcdServices;
import dev.kvorum.grpc.server.EventLoops;
import dev.kvorum.grpc.server.GrpcMetrics;
import dev.kvorum.grpc.server.Limits;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.store.KvStore;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a {@link KvStore} to etcd's clients. The store is not closed with the server. */
public final class KvServer implements AutoCloseable {
  private static final int FLOW_CONTROL_WINDOW_BYTES = 1 << 20;
  private static final int MAX_METADATA_BYTES = 16 * 1024;
  private static final int MAX_RESETS_PER_WINDOW = 400;
  private static final int RESET_WINDOW_SECONDS = 1;
  private static final long STOP_SECONDS = 5;

  private static final Logger log = LoggerFactory.getLogger(KvServer.class);

  /** gRPC writes a stack trace here for every message that is too large: clients could fill the disk with it. */
  private static final java.util.logging.Logger LOG_OF_BAD_MESSAGES =
      java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerStream");

  /** What there can be; what there is, the services say. */
  private static final List<ServiceDescriptor> SCHEMAS = List.of(
      KVGrpc.getServiceDescriptor(),
      WatchGrpc.getServiceDescriptor(),
      LeaseGrpc.getServiceDescriptor(),
      ClusterGrpc.getServiceDescriptor(),
      MaintenanceGrpc.getServiceDescriptor(),
      AuthGrpc.getServiceDescriptor(),
      LockGrpc.getServiceDescriptor(),
      ElectionGrpc.getServiceDescriptor());

  static {
    LOG_OF_BAD_MESSAGES.setLevel(java.util.logging.Level.SEVERE);
  }

  private final EventLoops loops;
  private final EtcdServices services;
  private final HealthStatusManager health;
  private final Server server;
  private final List<HttpEndpoint> metricsEndpoints;
  private final List<HttpEndpoint> httpEndpoints;
  private final ChannelGroup httpConnections;
  private final AtomicBoolean closed = new AtomicBoolean();

  private KvServer(
      EventLoops loops,
      EtcdServices services,
      HealthStatusManager health,
      Server server,
      List<HttpEndpoint> metricsEndpoints,
      List<HttpEndpoint> httpEndpoints,
      ChannelGroup httpConnections) {
    this.loops = loops;
    this.services = services;
    this.health = health;
    this.server = server;
    this.metricsEndpoints = metricsEndpoints;
    this.httpEndpoints = httpEndpoints;
    this.httpConnections = httpConnections;
  }

  /**
   * Starts to serve {@code store}.
   *
   * @throws IOException if an address cannot be listened on; nothing is left running then
   */
  public static KvServer start(KvStore store, ServerConfig config) throws IOException {
    EventLoops loops = EventLoops.start(Runtime.getRuntime().availableProcessors());
    EtcdServices services = new EtcdServices(store, config.limits(), loops);
    HealthStatusManager health = new HealthStatusManager();
    List<ServerServiceDefinition> definitions = new ArrayList<>(services.definitions());
    definitions.add(health.getHealthService().bindService());
    GrpcMetrics grpcMetrics = new GrpcMetrics(definitions, config.http().extensiveMetrics());
    HealthPages healthPages = new HealthPages(store);
    List<MetricSource> metrics = new ArrayList<>(List.of(
        new StoreMetrics(store, services.leadership(), config.limits().quotaBytes()),
        grpcMetrics,
        healthPages,
        new ProcessMetrics()));
    metrics.addAll(config.metrics());
    Pages statePages = new Pages().at("/metrics", new MetricsPage(metrics));
    healthPages.addTo(statePages);
    Pages clientPages = new Pages()
        .guardedBy(config.http().access())
        .at("/metrics", new MetricsPage(metrics))
        .at("/version", new VersionPage(services.leadership()))
        .at("/debug/vars", new DebugPage(store));
    healthPages.addTo(clientPages);
    if (config.http().gateway()) {
      clientPages.routeBelow(
          JsonGateway.PREFIX,
          new JsonGateway(
              SCHEMAS, definitions, List.of(grpcMetrics), config.limits().maxMessageBytes()));
    }

    ChannelGroup httpConnections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    List<HttpEndpoint> metricsEndpoints = new ArrayList<>();
    List<HttpEndpoint> httpEndpoints = new ArrayList<>();
    try {
      for (InetSocketAddress address : config.http().addresses()) {
        httpEndpoints.add(HttpEndpoint.listen(
            address,
            clientPages,
            loops.group(),
            loops.serverChannelType(),
            httpConnections,
            config.security().on(address)));
      }
      for (InetSocketAddress address : config.metricsAddresses()) {
        metricsEndpoints.add(HttpEndpoint.listen(
            address,
            statePages,
            loops.group(),
            loops.serverChannelType(),
            httpConnections,
            config.security().on(address)));
      }
      NettyServerBuilder builder = builder(config, loops);
      builder.protocolNegotiator(new OnePortNegotiator(
          httpEndpoints.isEmpty() ? clientPages : null,
          httpConnections,
          connection -> config.tlsAt((InetSocketAddress) connection.parent().localAddress())));
      builder.addStreamTracerFactory(grpcMetrics);
      definitions.forEach(builder::addService);
      Server server = builder.build().start();
      KvServer started = new KvServer(
          loops,
          services,
          health,
          server,
          List.copyOf(metricsEndpoints),
          List.copyOf(httpEndpoints),
          httpConnections);
      log.info("serving clients addresses={}", started.clientAddresses());
      return started;
    } catch (IOException | RuntimeException e) {
      httpEndpoints.forEach(HttpEndpoint::close);
      metricsEndpoints.forEach(HttpEndpoint::close);
      services.close();
      loops.close();
      throw e;
    }
  }

  /** Differs from gRPC's defaults where etcd's clients would be cut off or held back by them. */
  private static NettyServerBuilder builder(ServerConfig config, EventLoops loops) {
    Limits limits = config.limits();
    ServerConfig.Connections connections = config.connections();
    NettyServerBuilder builder = NettyServerBuilder.forAddress(
            config.clientAddresses().get(0))
        .directExecutor()
        .bossEventLoopGroup(loops.group())
        .workerEventLoopGroup(loops.group())
        .channelType(loops.serverChannelType())
        // Larger than what is accepted, so that the answer to a message that is too large is ours.
        .maxInboundMessageSize(2 * limits.maxMessageBytes())
        .maxInboundMetadataSize(MAX_METADATA_BYTES)
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        // Clients ping every few seconds, kube-apiserver every 30; by default that is answered with
        // GOAWAY.
        .permitKeepAliveTime(connections.minPingInterval().toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true)
        .keepAliveTime(connections.pingInterval().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(connections.pingTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .maxConcurrentCallsPerConnection(connections.maxStreams())
        .maxRstFramesPerWindow(MAX_RESETS_PER_WINDOW, RESET_WINDOW_SECONDS);
    for (InetSocketAddress address :
        config.clientAddresses().subList(1, config.clientAddresses().size())) {
      builder.addListenAddress(address);
    }
    return builder;
  }

  /** Where it listens for clients. */
  public List<InetSocketAddress> clientAddresses() {
    return server.getListenSockets().stream().map(InetSocketAddress.class::cast).toList();
  }

  /** Where it listens for HTTP alone. */
  public List<InetSocketAddress> httpAddresses() {
    return httpEndpoints.stream().map(HttpEndpoint::address).toList();
  }

  /** Where it listens for health checks and metrics alone. */
  public List<InetSocketAddress> metricsAddresses() {
    return metricsEndpoints.stream().map(HttpEndpoint::address).toList();
  }

  /**
   * Stops: no new calls, streams end with "server stopped", calls under way get a few seconds. Blocks until then;
   * idempotent.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    health.enterTerminalState();
    server.shutdown();
    services.close();
    try {
      if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    httpEndpoints.forEach(HttpEndpoint::close);
    metricsEndpoints.forEach(HttpEndpoint::close);
    httpConnections.close().awaitUninterruptibly();
    loops.close();
  }
}
