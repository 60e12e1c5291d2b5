package dev.kvorum.cli;

import dev.kvorum.tls.ClientTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks one member over HTTP how it is: what a container's health check or a script that waits for a member runs. */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    description = {
      "Asks a member whether it can serve, and exits with 0 if it can.",
      "Asks /readyz: a leader is known, and a linearizable read works. Needs no etcdctl and no curl."
    })
final class HealthCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 200;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "the member's client or metrics URL (default: the first of"
          + " KVORUM_LISTEN_METRICS_URLS, or http://127.0.0.1:2379)")
  private String endpoint = defaultEndpoint(System.getenv());

  @Option(
      names = "--live",
      description = "ask /livez instead: the process works, whether or not there is a leader")
  private boolean live;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "how long one answer may take (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds = 5;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "keep asking for so long until it is healthy (default: ask once)")
  private int waitSeconds;

  @Mixin
  private ConnectionOptions connection = new ConnectionOptions(System.getenv());

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Endpoint at = connection.endpoint("endpoint", endpoint);
    HealthProbe probe = new HealthProbe(
        page(at, live ? "/livez" : "/readyz"), Duration.ofSeconds(timeoutSeconds), tls(at));
    long until = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
    HealthProbe.Finding finding = probe.ask();
    while (!finding.healthy() && System.nanoTime() - until < 0) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        break;
      }
      finding = probe.ask();
    }
    PrintWriter out =
        finding.healthy() ? spec.commandLine().getOut() : spec.commandLine().getErr();
    out.println(endpoint + ": " + finding.text());
    out.flush();
    return finding.healthy() ? 0 : 1;
  }

  /** Where a member that was started with this environment can be asked without certificates, as far as that tells. */
  static String defaultEndpoint(Map<String, String> environment) {
    String urls = environment.getOrDefault(
        "KVORUM_LISTEN_METRICS_URLS", environment.getOrDefault("ETCD_LISTEN_METRICS_URLS", ""));
    String first = urls.split(",", 2)[0].strip();
    return first.isEmpty() ? "http://127.0.0.1:2379" : first;
  }

  private @Nullable SSLContext tls(Endpoint at) {
    ClientTls tls = connection.tls(at);
    try {
      return tls == null ? null : tls.context();
    } catch (IOException unusable) {
      throw new UsageException(String.valueOf(unusable.getMessage()));
    }
  }

  /** The address of a page of this member. */
  static URI page(Endpoint at, String path) {
    // What one listens on to be reached from everywhere is not an address that one connects to.
    String host = switch (at.host()) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::", "0:0:0:0:0:0:0:0" -> "::1";
      default -> at.host();
    };
    String scheme = at.secure() ? "https" : "http";
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return URI.create(scheme + "://" + bracketed + ":" + at.port() + path);
  }
}
