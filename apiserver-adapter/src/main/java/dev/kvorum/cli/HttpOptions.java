package dev.kvorum.cli;

import dev.kvorum.grpc.HttpConfig;
import dev.kvorum.grpc.http.AccessRules;
import java.util.List;
import java.util.Set;

/**
 * The flags about what is served over HTTP besides gRPC.
 *
 * @param listen where HTTP is served alone; may be empty
 * @param config what is served, and to whom
 */
record HttpOptions(List<Endpoint> listen, HttpConfig config) {
  /**
   * Reads them.
   *
   * @throws UsageException if a value is malformed
   */
  static HttpOptions of(FlagValues flags) {
    List<Endpoint> listen = flags.list("listen-client-http-urls").stream()
        .map(url -> Endpoint.parse("listen-client-http-urls", url))
        .toList();
    AccessRules access =
        new AccessRules(Set.copyOf(flags.list("cors")), Set.copyOf(flags.list("host-whitelist")));
    return new HttpOptions(
        listen,
        new HttpConfig(
            listen.stream().map(Endpoint::address).toList(),
            truth(flags, "enable-grpc-gateway"),
            access,
            extensive(flags.text("metrics"))));
  }

  private static boolean truth(FlagValues flags, String name) {
    String value = flags.text(name);
    return switch (value) {
      case "true", "TRUE", "True", "t", "T", "1" -> true;
      case "false", "FALSE", "False", "f", "F", "0" -> false;
      default ->
        throw new UsageException(
            "invalid value '" + value + "' for --" + name + ": must be true or false");
    };
  }

  private static boolean extensive(String metrics) {
    return switch (metrics) {
      case "basic" -> false;
      case "extensive" -> true;
      default ->
        throw new UsageException("--metrics must be basic or extensive, not '" + metrics + "'");
    };
  }
}
