package dev.kvorum.grpc;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.server.Limits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a member serves its clients.
 *
 * @param clientAddresses where it listens for gRPC and HTTP/1.1; at least one, port 0 for any free one
 * @param metricsAddresses where it listens for health checks and metrics alone
 * @param limits what clients may ask for
 * @param connections how connections are kept
 * @param metrics figures of others to show, such as the store's
 * @param http what is served besides gRPC
 */
public record ServerConfig(
    List<InetSocketAddress> clientAddresses,
    List<InetSocketAddress> metricsAddresses,
    Limits limits,
    Connections connections,
    List<MetricSource> metrics,
    HttpConfig http) {

  /**
   * How connections are kept.
   *
   * @param maxStreams calls and streams on one connection at a time
   * @param minPingInterval clients that ping more often than this are cut off
   * @param pingInterval how often an idle client is pinged
   * @param pingTimeout how long its answer may take
   */
  public record Connections(
      int maxStreams, Duration minPingInterval, Duration pingInterval, Duration pingTimeout) {
    /** etcd's defaults; clients multiplex thousands of watches, so streams are not limited. */
    public static final Connections DEFAULT = new Connections(
        Integer.MAX_VALUE, Duration.ofSeconds(5), Duration.ofHours(2), Duration.ofSeconds(20));
  }

  public ServerConfig {
    clientAddresses = List.copyOf(clientAddresses);
    metricsAddresses = List.copyOf(metricsAddresses);
    metrics = List.copyOf(metrics);
    if (clientAddresses.isEmpty()) {
      throw new IllegalArgumentException("no client address");
    }
  }

  /** etcd's defaults on one address. */
  public static ServerConfig on(InetSocketAddress clientAddress) {
    return new ServerConfig(
        List.of(clientAddress),
        List.of(),
        Limits.DEFAULT,
        Connections.DEFAULT,
        List.of(),
        HttpConfig.DEFAULT);
  }

  /** The same with other limits. */
  public ServerConfig with(Limits others) {
    return new ServerConfig(clientAddresses, metricsAddresses, others, connections, metrics, http);
  }

  /** The same, listening for health checks and metrics too. */
  public ServerConfig withMetricsOn(InetSocketAddress... addresses) {
    return new ServerConfig(
        clientAddresses, List.of(addresses), limits, connections, metrics, http);
  }

  /** The same with other HTTP. */
  public ServerConfig with(HttpConfig other) {
    return new ServerConfig(
        clientAddresses, metricsAddresses, limits, connections, metrics, other);
  }
}
