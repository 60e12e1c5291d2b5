package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.auth.AuthenticatedMayAll;
import dev.kvorum.apiserver.auth.Authenticator;
import dev.kvorum.apiserver.auth.Authenticators;
import dev.kvorum.apiserver.auth.ClientCertificates;
import dev.kvorum.apiserver.auth.TokenFile;
import dev.kvorum.apiserver.auth.UnknownTokens;
import dev.kvorum.apiserver.http.HttpConfig;
import dev.kvorum.apiserver.http.HttpServer;
import dev.kvorum.apiserver.pki.LocalPki;
import dev.kvorum.apiserver.storage.ObjectStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Kubernetes API on a port, over TLS with an authority of its own. For all threads. */
public final class ApiServer implements AutoCloseable {
  private final ApiService service;
  private final HttpServer http;
  private final String url;

  private ApiServer(ApiService service, HttpServer http, String url) {
    this.service = service;
    this.http = http;
    this.url = url;
  }

  /**
   * How a server is run.
   *
   * @param listen where; port 0 for one that is free
   * @param names under which clients reach it beside the usual ones
   * @param pki the directory of its authority, which is made if it is not there
   * @param tokens the file of static tokens; null for none
   * @param kubeconfig where to write how the administrator reaches it, once it is ready; null for nowhere
   * @param build of this program
   */
  public record Config(
      InetSocketAddress listen,
      List<String> names,
      Path pki,
      @Nullable Path tokens,
      @Nullable Path kubeconfig,
      String build) {
    public Config {
      names = List.copyOf(names);
    }
  }

  /**
   * Starts one.
   *
   * @throws IOException if the address, the certificates or a file cannot be used
   */
  public static ApiServer start(ObjectStore objects, Config config) throws IOException {
    LocalPki pki = LocalPki.open(config.pki, config.names, Clock.systemUTC());
    List<Authenticator> authenticators = new ArrayList<>();
    authenticators.add(new ClientCertificates());
    authenticators.add(config.tokens == null ? new UnknownTokens() : TokenFile.read(config.tokens));
    Access access = new Access(new Authenticators(authenticators, true), new AuthenticatedMayAll());
    String host = config.listen.getHostString();
    ApiService service =
        new ApiService(objects, access, host + ":" + config.listen.getPort(), config.build);
    HttpServer http;
    try {
      http = HttpServer.start(HttpConfig.secured(config.listen, pki.tls()), service.handler());
    } catch (IOException e) {
      service.close();
      throw e;
    }
    String url = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
        + http.address().getPort();
    ApiServer server = new ApiServer(service, http, url);
    if (config.kubeconfig != null) {
      try {
        pki.adminConfig(url).write(config.kubeconfig);
      } catch (IOException e) {
        server.close();
        throw e;
      }
    }
    return server;
  }

  /** Where clients reach it. */
  public String url() {
    return url;
  }

  /** Ends what is under way, and stops listening. */
  @Override
  public void close() {
    http.close();
    service.close();
  }
}
