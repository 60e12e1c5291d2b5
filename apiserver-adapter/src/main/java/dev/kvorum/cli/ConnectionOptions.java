package dev.kvorum.cli;

import dev.kvorum.tls.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How a command connects to members: etcdctl's options, and its environment. */
@Command
final class ConnectionOptions {
  private static final String[] PREFIXES = {"KVORUM_", "ETCDCTL_"};

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "authorities that members are trusted by, PEM (default: those of the JVM)")
  private @Nullable Path authorities;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "certificate to show to the member, PEM")
  private @Nullable Path certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "its private key, PEM")
  private @Nullable Path key;

  @Option(
      names = "--insecure-skip-tls-verify",
      description = "trust whoever answers; for members that make their certificates themselves")
  private boolean trustAnybody;

  private final Map<String, String> environment;

  /**
   * Takes what is not given as an option from variables: {@code KVORUM_CACERT}, or {@code ETCDCTL_CACERT}, and so on.
   */
  ConnectionOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  /** What a variable says that etcdctl knows, too; empty if it is not set. */
  static String variable(Map<String, String> environment, String name) {
    for (String prefix : PREFIXES) {
      String value = environment.getOrDefault(prefix + name, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  /**
   * Reads an address. One without a scheme means TLS if there is anything to use it with.
   *
   * @throws UsageException if it is none
   */
  Endpoint endpoint(String flag, String text) {
    boolean secured =
        trustAnybody() || file(authorities, "CACERT") != null || file(certificate, "CERT") != null;
    return Endpoint.parse(
        flag, text.contains("://") ? text : (secured ? "https://" : "http://") + text);
  }

  /**
   * What to connect with.
   *
   * @return null if the endpoint is not {@code https}
   * @throws UsageException if a file cannot be used; the message names it
   */
  @Nullable
  ClientTls tls(Endpoint endpoint) {
    if (!endpoint.secure()) {
      return null;
    }
    Path shown = file(certificate, "CERT");
    Path itsKey = file(key, "KEY");
    if ((shown == null) != (itsKey == null)) {
      throw new UsageException("--cert and --key must be set together");
    }
    try {
      return trustAnybody()
          ? ClientTls.trustingAnyServer(shown, itsKey)
          : ClientTls.read(file(authorities, "CACERT"), shown, itsKey);
    } catch (IOException unusable) {
      throw new UsageException("cannot use --cacert, --cert and --key: " + unusable.getMessage());
    }
  }

  private boolean trustAnybody() {
    return trustAnybody || variable(environment, "INSECURE_SKIP_TLS_VERIFY").equals("true");
  }

  private @Nullable Path file(@Nullable Path given, String variable) {
    if (given != null) {
      return given;
    }
    String named = variable(environment, variable);
    return named.isEmpty() ? null : Path.of(named);
  }
}
