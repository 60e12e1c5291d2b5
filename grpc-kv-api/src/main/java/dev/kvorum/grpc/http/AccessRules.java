package dev.kvorum.grpc.http;

import dev.kvorum.store.Bytes;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose requests are served: keeps web pages that a user happens to visit from using that user's place in the network.
 *
 * <p>Browsers say of every request that could change something which page made it. Unless that page is allowed by name,
 * the request is refused, whatever its kind of content: nobody else sends that header, so nobody else is affected.
 *
 * @param origins web pages that may use the gateway, as {@code scheme://host:port}; {@code *} for all of them
 * @param hosts names that this member may be called by where there is no TLS; {@code *} or nothing for all
 */
public record AccessRules(Set<String> origins, Set<String> hosts) {
  /** No page of others, any name. */
  public static final AccessRules OPEN = new AccessRules(Set.of(), Set.of());

  private static final String ANY = "*";

  public AccessRules {
    origins = Set.copyOf(origins);
    hosts = Set.copyOf(hosts);
  }

  /**
   * Why a request is refused; null when it is not.
   *
   * @param secure whether it came by TLS, where the name was checked by the client
   * @param guarded whether it could change something
   */
  @Nullable
  Answer refusal(HttpRequest request, boolean secure, boolean guarded) {
    if (!secure && !hosts.isEmpty() && !hosts.contains(ANY)) {
      String host = hostName(request.headers().get(HttpHeaderNames.HOST, ""));
      if (!hosts.contains(host)) {
        return Answer.text(421, "the Host header is not one of those that --host-whitelist has\n");
      }
    }
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (guarded && origin != null && !allows(origin)) {
      return Answer.of(
          403,
          "application/json",
          Bytes.utf8("{\"code\":7,\"message\":\"requests of web pages are not served;"
              + " --cors has those that are\"}"));
    }
    return null;
  }

  private boolean allows(String origin) {
    return origins.contains(ANY) || origins.contains(origin);
  }

  /** What a browser is told about whose pages may read the response. */
  Map<String, String> headers(HttpRequest request) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origins.contains(ANY)) {
      return allowing(ANY);
    }
    return origin != null && origins.contains(origin) ? allowing(origin) : Map.of();
  }

  private static Map<String, String> allowing(String origin) {
    return Map.of(
        "Access-Control-Allow-Methods",
        "POST, GET, OPTIONS, PUT, DELETE",
        "Access-Control-Allow-Origin",
        origin,
        "Access-Control-Allow-Headers",
        "accept, content-type, authorization",
        "Vary",
        "Origin");
  }

  private static String hostName(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return name.startsWith("[") && name.endsWith("]") && colon > host.lastIndexOf(']')
        ? name.substring(1, name.length() - 1)
        : name;
  }
}
