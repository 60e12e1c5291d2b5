package dev.kvorum.grpc;

import dev.kvorum.grpc.http.AccessRules;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a member serves over HTTP besides gRPC, and to whom.
 *
 * @param addresses where it listens for HTTP alone; if there are any, the client addresses are for gRPC alone
 * @param gateway whether the API is served as JSON too
 * @param access whose requests are served
 * @param extensiveMetrics whether to measure how long each method takes
 */
public record HttpConfig(
    List<InetSocketAddress> addresses,
    boolean gateway,
    AccessRules access,
    boolean extensiveMetrics) {
  /** etcd's defaults, but for web pages: none but those that are named may use the gateway. */
  public static final HttpConfig DEFAULT = new HttpConfig(List.of(), true, AccessRules.OPEN, false);

  public HttpConfig {
    addresses = List.copyOf(addresses);
  }
}
