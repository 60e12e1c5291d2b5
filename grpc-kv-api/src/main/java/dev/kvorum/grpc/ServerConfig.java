package dev.kvorum.grpc;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.server.Limits;
import dev.kvorum.grpc.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a member serves its clients.
 *
 * @param clientAddresses where it listens for gRPC and HTTP/1.1; at least one, port 0 for any free one
 * @param metricsAddresses where it listens for health checks and metrics alone
 * @param limits what clients may ask for
 * @param connections how connections are kept
 * @param security which of the addresses are secured, and how
 * @param metrics figures of others to show, such as the store's
 * @param http what is served besides gRPC
 */
public record ServerConfig(
    List<InetSocketAddress> clientAddresses,
    List<InetSocketAddress> metricsAddresses,
    Limits limits,
    Connections connections,
    Security security,
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

  /**
   * How connections are secured.
   *
   * @param tls what secures them, on whichever address; null if none is secured
   * @param plaintext the addresses where nothing is secured nevertheless
   */
  public record Security(@Nullable ServerTls tls, Set<InetSocketAddress> plaintext) {
    /** Nothing is secured. */
    public static final Security NONE = new Security(null, Set.of());

    public Security {
      plaintext = Set.copyOf(plaintext);
    }

    /** What secures the connections that come in at {@code listening}, an address as it was configured. */
    @Nullable
    ServerTls on(InetSocketAddress listening) {
      return plaintext.contains(listening) ? null : tls;
    }
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
        Security.NONE,
        List.of(),
        HttpConfig.DEFAULT);
  }

  /** The same with other limits. */
  public ServerConfig with(Limits others) {
    return new ServerConfig(
        clientAddresses, metricsAddresses, others, connections, security, metrics, http);
  }

  /** The same, listening for health checks and metrics too. */
  public ServerConfig withMetricsOn(InetSocketAddress... addresses) {
    return new ServerConfig(
        clientAddresses, List.of(addresses), limits, connections, security, metrics, http);
  }

  /** The same, showing these figures. */
  public ServerConfig showing(MetricSource... figures) {
    return new ServerConfig(
        clientAddresses, metricsAddresses, limits, connections, security, List.of(figures), http);
  }

  /** The same with other HTTP. */
  public ServerConfig with(HttpConfig other) {
    return new ServerConfig(
        clientAddresses, metricsAddresses, limits, connections, security, metrics, other);
  }

  /** The same, secured. */
  public ServerConfig with(Security how) {
    return new ServerConfig(
        clientAddresses, metricsAddresses, limits, connections, how, metrics, http);
  }

  /**
   * What secures the connections that come in at an address which is listened on.
   *
   * @param bound the address as the system gives it: with the port that was free, and maybe another spelling of "any"
   */
  @Nullable
  ServerTls tlsAt(InetSocketAddress bound) {
    List<InetSocketAddress> candidates = clientAddresses.stream()
        .filter(address -> address.getPort() == bound.getPort() || address.getPort() == 0)
        .toList();
    boolean allPlaintext = !candidates.isEmpty()
        && candidates.stream().allMatch(address -> security.on(address) == null);
    return allPlaintext || security.plaintext().contains(bound) ? null : security.tls();
  }
}
