package dev.kvorum.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One member of a {@link LocalCluster}: a process of its own that outlives the command which started it.
 *
 * <p>Its directory holds {@code member.properties} (how to start it), {@code pid} (the process that was started last),
 * {@code server.log} and {@code data}.
 */
final class LocalMember {
  private static final long STOP_SECONDS = 20;

  private final Path directory;
  private final Properties properties;
  private final LocalCertificates certificates;

  private LocalMember(Path directory, Properties properties, LocalCertificates certificates) {
    this.directory = directory;
    this.properties = properties;
    this.certificates = certificates;
  }

  /** Writes what is needed to start a member. */
  static void define(Path directory, String name, int port, String initialCluster, String heap) {
    Properties properties = new Properties();
    properties.setProperty("name", name);
    properties.setProperty("clientPort", Integer.toString(port));
    properties.setProperty("peerPort", Integer.toString(port + 1));
    properties.setProperty("initialCluster", initialCluster);
    properties.setProperty("heap", heap);
    try {
      Files.createDirectories(directory);
      try (var writer = Files.newBufferedWriter(directory.resolve("member.properties"))) {
        properties.store(writer, "one member of a local cluster");
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write to " + directory, failure);
    }
  }

  /** One that was defined before; over TLS if {@code certificates} exist. */
  static LocalMember load(Path directory, LocalCertificates certificates) {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(directory.resolve("member.properties"))) {
      properties.load(reader);
    } catch (IOException failure) {
      throw new UsageException(
          "cannot read " + directory.resolve("member.properties") + ": " + failure.getMessage());
    }
    return new LocalMember(directory, properties, certificates);
  }

  static boolean isMember(Path directory) {
    return Files.isRegularFile(directory.resolve("member.properties"));
  }

  String name() {
    return properties.getProperty("name", "?");
  }

  /** Where clients reach it, as etcdctl takes it. */
  String clientEndpoint() {
    return (certificates.exist() ? "https://" : "") + clientAddress();
  }

  private String clientAddress() {
    return "127.0.0.1:" + properties.getProperty("clientPort");
  }

  int clientPort() {
    return Integer.parseInt(properties.getProperty("clientPort", "0"));
  }

  Path log() {
    return directory.resolve("server.log");
  }

  /** Starts the process and returns at once. */
  void start() {
    String launcher = System.getProperty("kvorum.launcher");
    if (launcher == null) {
      throw new UsageException(
          "must be started by deploy/bin/kvorum, which this program starts members with");
    }
    String scheme = certificates.exist() ? "https://" : "http://";
    String peer = scheme + "127.0.0.1:" + properties.getProperty("peerPort");
    String client = scheme + clientAddress();
    List<String> command = new ArrayList<>(List.of(
        launcher,
        "server",
        "--name=" + name(),
        "--data-dir=" + directory.resolve("data"),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=" + properties.getProperty("initialCluster"),
        "--initial-cluster-token=kvorum-local"));
    if (certificates.exist()) {
      command.addAll(certificates.flags(name()));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("KVORUM_HEAP", properties.getProperty("heap", "512m"));
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    try {
      Process process = builder.start();
      Files.writeString(directory.resolve("pid"), Long.toString(process.pid()));
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot start " + name(), failure);
    }
  }

  /** The process that was started last, if it still runs. A reused process id is told by its command line. */
  Optional<ProcessHandle> process() {
    Path file = directory.resolve("pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(Files.readString(file).strip());
      return ProcessHandle.of(pid).filter(handle -> handle.isAlive() && isOurs(handle));
    } catch (IOException | NumberFormatException unreadable) {
      throw new UsageException("cannot read " + file + ": " + unreadable.getMessage());
    }
  }

  private boolean isOurs(ProcessHandle handle) {
    Path commandLine = Path.of("/proc", Long.toString(handle.pid()), "cmdline");
    if (!Files.isReadable(commandLine)) {
      return true; // not Linux, or somebody else's process: the pid is all there is to go by
    }
    try {
      return Files.readString(commandLine, StandardCharsets.ISO_8859_1)
          .contains(directory.toString());
    } catch (IOException gone) {
      return false;
    }
  }

  boolean isRunning() {
    return process().isPresent();
  }

  String pid() {
    return process().map(handle -> Long.toString(handle.pid())).orElse("-");
  }

  /** SIGKILL, and waits until it is gone. */
  void kill() {
    ProcessHandle handle =
        process().orElseThrow(() -> new UsageException(name() + " does not run"));
    handle.destroyForcibly();
    awaitEnd(handle);
  }

  /** SIGTERM, then SIGKILL if that is not enough. */
  void stop() {
    process().ifPresent(handle -> {
      handle.destroy();
      if (!awaitEnd(handle)) {
        handle.destroyForcibly();
        awaitEnd(handle);
      }
    });
  }

  private boolean awaitEnd(ProcessHandle handle) {
    try {
      handle.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException stillThere) {
      return false;
    } catch (ExecutionException failure) {
      throw new IllegalStateException("cannot wait for the end of " + name(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  List<String> lastLogLines(int count) {
    try {
      List<String> lines = Files.readAllLines(log());
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException failure) {
      throw new UsageException("cannot read " + log() + ": " + failure.getMessage());
    }
  }
}
