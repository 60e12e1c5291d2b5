package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A member in a process of its own, told what to do line by line. */
final class MemberProcess implements AutoCloseable {
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  MemberProcess(Path root, Map<String, List<String>> cluster, String name) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx192m",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        MemberProcess.class.getName(),
        root.resolve(name).toString(),
        name));
    cluster.forEach((member, urls) -> command.add(member + "=" + urls.get(0)));
    try {
      process = new ProcessBuilder(command)
          .redirectError(root.resolve(name + ".log").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Runs one member; see {@link #tell} for what it understands. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream out = System.out;
    System.setOut(System.err); // logs go there
    Map<String, List<String>> cluster = new LinkedHashMap<>();
    for (String member : arguments) {
      int equals = member.indexOf('=');
      if (equals > 0) {
        cluster.put(member.substring(0, equals), List.of(member.substring(equals + 1)));
      }
    }
    try (RaftKvStore store =
        RaftKvStore.open(RaftConfig.builder(Path.of(arguments[0]), arguments[1])
            .initialCluster(cluster)
            .build())) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      out.println("open");
      String line;
      while ((line = in.readLine()) != null) {
        out.println(answer(store, line.split(" ", -1)));
      }
    }
  }

  private static String answer(RaftKvStore store, String[] words) {
    try {
      return switch (words[0]) {
        case "put" -> "ok " + TestCluster.put(store, words[1], words[2]).revision();
        case "get" -> "ok " + TestCluster.read(store, words[1]);
        case "leading" ->
          "ok " + (store.status().leaderId() == store.identity().memberId()) + " " + store.term();
        case "stop-ratis" -> {
          store.member().server().close();
          yield "still here";
        }
        default -> "what? " + words[0];
      };
    } catch (IOException e) {
      return "failed " + e;
    } catch (StoreException e) {
      return "failed " + e.kind();
    }
  }

  /** Sends a command without waiting for its answer: {@code put key value}, {@code get key} or {@code leading}. */
  void tell(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next answer. */
  String hear() {
    try {
      return String.valueOf(answers.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String ask(String command) {
    tell(command);
    return hear();
  }

  /** Sends the process a signal by name. */
  void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .inheritIO()
          .start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("kill -" + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for the process to end by itself. */
  int exitStatus() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("still running");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
