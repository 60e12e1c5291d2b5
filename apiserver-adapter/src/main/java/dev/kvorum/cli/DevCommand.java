package dev.kvorum.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A store of one member on this machine, for trying and for tests. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a store of one member on this machine, for trying and for tests.",
      "Serves etcd's v3 API and the Kubernetes API on 127.0.0.1."
    })
final class DevCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(DevCommand.class);

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "kvorum-data",
      description = "where the data is kept (default: ./${DEFAULT-VALUE})")
  private Path dataDirectory = Path.of("kvorum-data");

  @Option(
      names = "--ephemeral",
      description = "keep the data in a temporary directory and delete it at the end")
  private boolean ephemeral;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "2379",
      description = "client port (default: ${DEFAULT-VALUE})")
  private int port = 2379;

  @Option(
      names = "--peer-port",
      paramLabel = "PORT",
      defaultValue = "2380",
      description =
          "port for other members, bound though there are none (default: ${DEFAULT-VALUE})")
  private int peerPort = 2380;

  @Option(
      names = "--listen-client-urls",
      paramLabel = "URL",
      description = "where etcd's API is served, instead of --port")
  private @Nullable String clientUrl;

  @Option(
      names = "--listen-peer-urls",
      paramLabel = "URL",
      description = "what is bound for other members, instead of --peer-port")
  private @Nullable String peerUrl;

  @Option(
      names = "--api-listen",
      paramLabel = "URL",
      defaultValue = "https://127.0.0.1:6443",
      description = {
        "where the Kubernetes API is served, over TLS; port 0 for a free one, 'none' for nowhere",
        "(default: ${DEFAULT-VALUE})"
      })
  private String apiListen = "https://127.0.0.1:6443";

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "where to write how kubectl reaches the Kubernetes API, when it is ready (default: in the data directory)")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "tokens that the Kubernetes API takes: lines of token,user,uid,\"group1,group2\"")
  private @Nullable Path tokens;

  @Override
  public Integer call() {
    Path directory = ephemeral ? temporaryDirectory() : dataDirectory;
    Path temporary = ephemeral ? directory : null;
    List<String> arguments = new ArrayList<>(List.of(
        "--name=dev",
        "--data-dir=" + directory,
        "--listen-client-urls=" + clientUrl(),
        "--advertise-client-urls=" + clientUrl(),
        "--listen-peer-urls=" + peerUrl(),
        "--initial-advertise-peer-urls=" + peerUrl()));
    FlagValues flags = FlagValues.parse(arguments, Map.of(), FlagValues.UnknownFlags.REFUSE);
    try (MemberProcess member = MemberProcess.start(ServerOptions.of(flags, ""))) {
      System.out.print(greeting(directory, apiPort(member, directory)));
      System.out.flush();
      return member.awaitStop();
    } catch (MemberProcess.StartFailure failure) {
      log.error("cannot start: {}", failure.getMessage());
      return 1;
    } finally {
      deleteRecursively(temporary);
    }
  }

  private String clientUrl() {
    return clientUrl == null ? "http://127.0.0.1:" + port : clientUrl;
  }

  private String peerUrl() {
    return peerUrl == null ? "http://127.0.0.1:" + peerPort : peerUrl;
  }

  private @Nullable ApiPort apiPort(MemberProcess member, Path directory) {
    return apiListen.equals("none")
        ? null
        : member.serveKubernetes(apiListen, directory, kubeconfig, tokens);
  }

  private String greeting(Path directory, @Nullable ApiPort api) {
    String endpoint = clientUrl();
    return """

        Kvorum is ready.
          etcd v3 API     %1$s
          data            %2$s%3$s
        %4$s
        Try:
          etcdctl --endpoints=%1$s put hello world
          etcdctl --endpoints=%1$s get hello
          curl %1$s/health
        %5$s
        Ctrl-C stops it.
        """.formatted(
            endpoint,
            directory.toAbsolutePath().normalize(),
            ephemeral ? " (deleted at the end)" : "",
            api == null ? "" : api.described(),
            api == null ? "" : api.toTry());
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("kvorum-dev-");
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot make a temporary directory", failure);
    }
  }

  private static void deleteRecursively(@Nullable Path directory) {
    if (directory == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failure) {
      log.warn("could not delete {}: {}", directory, failure.toString());
    }
  }
}
