package dev.kvorum.grpc.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One single-member server in a process of its own, started with etcd's command line: a real etcd, or anything that
 * takes the same flags.
 */
final class EtcdProcess implements Subject {
  /** What the member calls itself, which its clients are told. */
  static final String MEMBER = "m0";

  private static final int LAST_WORDS = 4000;
  private static final Duration START_BOUND = Duration.ofSeconds(60);

  private final String name;
  private final int port;
  private final int healthPort;
  private final Path home;
  private final List<String> command;
  private final Thread reaper;
  private volatile Process process;

  private EtcdProcess(String name, int port, int healthPort, Path home, List<String> command)
      throws IOException {
    this.name = name;
    this.port = port;
    this.healthPort = healthPort;
    this.home = home;
    this.command = List.copyOf(command);
    this.reaper = new Thread(() -> process().destroyForcibly());
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /**
   * Starts {@code program} with a fresh data directory and waits until it is healthy. Its clients use TLS if the flags
   * name a certificate.
   */
  static EtcdProcess start(String name, Path program, List<String> moreFlags) throws IOException {
    Path home = Files.createTempDirectory("oracle-" + name);
    List<Integer> ports = freePorts();
    boolean tls = moreFlags.stream().anyMatch(flag -> flag.startsWith("--cert-file="));
    String client = (tls ? "https" : "http") + "://127.0.0.1:" + ports.get(0);
    int healthPort = ports.get(tls ? 2 : 0);
    String peer = "http://127.0.0.1:" + ports.get(1);
    List<String> command = new ArrayList<>(List.of(
        program.toString(),
        "--name=" + MEMBER,
        "--data-dir=" + home.resolve("data"),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=" + MEMBER + "=" + peer));
    command.addAll(moreFlags);
    if (tls) {
      command.add("--listen-metrics-urls=http://127.0.0.1:" + healthPort);
    }
    EtcdProcess server = new EtcdProcess(name, ports.get(0), healthPort, home, command);
    try {
      server.awaitHealthy();
    } catch (IOException | RuntimeException failure) {
      server.close();
      throw failure;
    }
    return server;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Process process() {
    return process;
  }

  /** A real etcd. Nothing it writes outlives the test, so it does not wait for the disk. */
  static Subject.Factory etcd(Path program) {
    return () -> start(
        "etcd", program, List.of("--unsafe-no-fsync", "--log-level=error", "--bcrypt-cost=4"));
  }

  /** Another program that takes etcd's flags. */
  static Subject.Factory launcher(Path program) {
    return () -> start("subject", program, List.of("--bcrypt-cost=4"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public String lastWords() {
    if (process.isAlive()) {
      return "";
    }
    try {
      String said = Files.readString(log());
      int from = Math.max(0, said.length() - LAST_WORDS);
      return name + " ended with " + process.exitValue() + ":\n" + said.substring(from);
    } catch (IOException failure) {
      return name + " ended with " + process.exitValue() + ", and its log is lost: " + failure;
    }
  }

  private Path log() {
    return home.resolve("log");
  }

  /** Kills it. */
  @Override
  public void restart() throws IOException {
    kill();
    process = launch();
    awaitHealthy();
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(reaper);
    deleteRecursively(home);
  }

  private void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    }
  }

  static void deleteRecursively(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("remove " + root, failure);
    }
  }

  private void awaitHealthy() throws IOException {
    URI health = URI.create("http://127.0.0.1:" + healthPort + "/health");
    long deadline = System.nanoTime() + START_BOUND.toNanos();
    HttpRequest request =
        HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(5)).build();
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      while (true) {
        if (!process.isAlive()) {
          throw new IOException(name + " ended at start:\n" + Files.readString(log()));
        }
        if (listens(port) && isHealthy(http, request) && (healthPort != port || isDecided(http))) {
          return;
        }
        if (System.nanoTime() > deadline) {
          throw new IOException(name + " is not healthy in time:\n" + Files.readString(log()));
        }
        process.waitFor(20, TimeUnit.MILLISECONDS); // a pause that ends early when the process does
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + name + " started", interrupt);
    }
  }

  /** Whether it knows the cluster's version, on which depends what it can do. */
  private boolean isDecided(HttpClient http) throws InterruptedException {
    HttpRequest version = HttpRequest.newBuilder(URI.create("http://" + address() + "/version"))
        .timeout(Duration.ofSeconds(5))
        .build();
    try {
      String said = http.send(version, HttpResponse.BodyHandlers.ofString()).body();
      return !said.contains("not_decided") && !said.contains("\"3.0.0\"");
    } catch (IOException notYet) {
      return false;
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Ports free at the same time. Somebody may still take one before the server does; then its start fails. */
  private static List<Integer> freePorts() throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket three = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return List.of(one.getLocalPort(), two.getLocalPort(), three.getLocalPort());
    }
  }

  private static boolean isHealthy(HttpClient http, HttpRequest request)
      throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
