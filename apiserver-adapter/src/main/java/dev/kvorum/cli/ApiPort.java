package dev.kvorum.cli;

import dev.kvorum.apiserver.server.ApiServer;
import dev.kvorum.apiserver.storage.ObjectStore;
import dev.kvorum.store.KvStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Kubernetes API of this process. */
final class ApiPort {
  private final ApiServer server;
  private final Path kubeconfig;

  private ApiPort(ApiServer server, Path kubeconfig) {
    this.server = server;
    this.kubeconfig = kubeconfig;
  }

  /**
   * Serves it.
   *
   * @param url where, as {@code https://127.0.0.1:6443}
   * @param directory where its certificates are kept
   * @param kubeconfig null for in the directory
   * @param tokens null for none
   * @throws MemberProcess.StartFailure if an address or a file cannot be used
   */
  static ApiPort open(
      KvStore store, String url, Path directory, @Nullable Path kubeconfig, @Nullable Path tokens) {
    Path config = kubeconfig == null ? directory.resolve("kubeconfig") : kubeconfig;
    try {
      InetSocketAddress address = address(url);
      return new ApiPort(
          ApiServer.start(
              new ObjectStore(store),
              new ApiServer.Config(
                  address,
                  List.of(address.getHostString()),
                  directory.resolve("pki"),
                  tokens,
                  config,
                  Versions.kvorum())),
          config);
    } catch (IOException failure) {
      throw new MemberProcess.StartFailure(
          "the Kubernetes API cannot be served: " + failure.getMessage(), failure);
    }
  }

  private static InetSocketAddress address(String url) throws IOException {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IOException("not a URL: " + url, e);
    }
    String host = uri.getHost();
    if (!"https".equals(uri.getScheme()) || host == null || uri.getPort() < 0) {
      throw new IOException("not of the form https://HOST:PORT: " + url);
    }
    return new InetSocketAddress(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
  }

  /** What to tell people of it. */
  String described() {
    return "  Kubernetes API  " + server.url() + "\n  kubeconfig      "
        + kubeconfig.toAbsolutePath().normalize() + "\n";
  }

  /** What to tell people to do with it. */
  String toTry() {
    return "  kubectl --kubeconfig " + kubeconfig.toAbsolutePath().normalize()
        + " get namespaces\n";
  }

  /** Ends what is under way, and stops listening. */
  void close() {
    server.close();
  }
}
