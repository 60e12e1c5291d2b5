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
      "Serves etcd's v3 API on 127.0.0.1; the Kubernetes API is not part of this version."
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

  @Override
  public Integer call() {
    Path directory = ephemeral ? temporaryDirectory() : dataDirectory;
    Path temporary = ephemeral ? directory : null;
    List<String> arguments = new ArrayList<>(List.of(
        "--name=dev",
        "--data-dir=" + directory,
        "--listen-client-urls=http://127.0.0.1:" + port,
        "--advertise-client-urls=http://127.0.0.1:" + port,
        "--listen-peer-urls=http://127.0.0.1:" + peerPort,
        "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort));
    FlagValues flags = FlagValues.parse(arguments, Map.of(), FlagValues.UnknownFlags.REFUSE);
    try (MemberProcess member = MemberProcess.start(ServerOptions.of(flags, ""))) {
      System.out.print(greeting(directory));
      System.out.flush();
      return member.awaitStop();
    } catch (MemberProcess.StartFailure failure) {
      log.error("cannot start: {}", failure.getMessage());
      return 1;
    } finally {
      deleteRecursively(temporary);
    }
  }

  private String greeting(Path directory) {
    return """

        Kvorum is ready.
          etcd v3 API     http://127.0.0.1:%1$d
          data            %2$s%3$s
          Kubernetes API  not part of this version; an unchanged kube-apiserver runs on it:
                          kube-apiserver --etcd-servers=http://127.0.0.1:%1$d ...

        Try:
          etcdctl --endpoints=127.0.0.1:%1$d put hello world
          etcdctl --endpoints=127.0.0.1:%1$d get hello
          curl http://127.0.0.1:%1$d/health

        Ctrl-C stops it.
        """.formatted(
            port, directory.toAbsolutePath().normalize(), ephemeral ? " (deleted at the end)" : "");
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
