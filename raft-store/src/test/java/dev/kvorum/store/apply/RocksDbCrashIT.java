package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.engine.rocksdb.RocksDbConfig;
import dev.kvorum.store.engine.rocksdb.RocksDbEngine;
import dev.kvorum.store.mvcc.StateHash;
import dev.kvorum.store.testing.InMemoryEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Over RocksDB: a process that is killed leaves the state after some entry, and replaying the log from there gives the
 * state of a store that never stopped.
 */
class RocksDbCrashIT {
  private static final int ENTRIES = 2000;
  private static final int KILLED = 9;

  @TempDir
  Path temporary;

  @Test
  void aKilledStoreRecoversAPrefixAndCatchesUp() throws IOException, InterruptedException {
    List<List<CommandBatch>> log = log();
    List<StateHash> hashes = new ArrayList<>();
    Applier expected = Applier.open(new InMemoryEngine(), ApplyConfig.defaults());
    for (int i = 0; i < log.size(); i++) {
      expected.apply(1, i, log.get(i));
      hashes.add(i % 100 == 0 || i == log.size() - 1 ? expected.view().hash(0) : hashes.getLast());
    }

    for (int round = 0; round < 4; round++) {
      runAndKill(round);
      try (RocksDbEngine engine = open(temporary)) {
        Applier applier = Applier.open(engine, ApplyConfig.defaults());
        int next = (int) applier.appliedIndex() + 1;
        assertThat(next).isPositive();
        assertThat(applier.appliedPosition()).isEqualTo(applier.persistedPosition());
        while (next % 100 != 1) {
          applier.apply(1, next, log.get(next));
          next++;
        }
        assertThat(applier.view().hash(0)).isEqualTo(hashes.get(next - 1));
      }
    }
    try (RocksDbEngine engine = open(temporary)) {
      Applier applier = Applier.open(engine, ApplyConfig.defaults());
      for (int next = (int) applier.appliedIndex() + 1; next < log.size(); next++) {
        applier.apply(1, next, log.get(next));
      }
      while (!applier.compactStep(100).finished()) {}

      assertThat(applier.view().hash(0)).isEqualTo(hashes.getLast());
      assertThat(applier.view().range(RangeRequest.latest(KeyRange.ALL)))
          .isEqualTo(expected.view().range(RangeRequest.latest(KeyRange.ALL)));
      assertThat(applier.leases().all()).isEqualTo(expected.leases().all());
    }
  }

  /** Always the same. */
  private static List<List<CommandBatch>> log() {
    Random random = new Random(11);
    Workload workload = new Workload(random, 100);
    List<List<CommandBatch>> log = new ArrayList<>();
    long guess = 1;
    for (int i = 0; i < ENTRIES; i++) {
      List<Command<?>> commands = new ArrayList<>();
      for (int j = random.nextInt(8); j >= 0; j--) {
        commands.add(workload.command(guess, 1));
        guess += random.nextInt(10) < 5 ? 1 : 0;
      }
      log.add(List.of(new CommandBatch(1, 1, i + 1L, 0, commands)));
    }
    return log;
  }

  private void runAndKill(int round) throws IOException, InterruptedException {
    Path output = temporary.resolve("output");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            temporary.toString(),
            Integer.toString(round))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(KILLED);
  }

  private static RocksDbEngine open(Path directory) {
    return RocksDbEngine.open(RocksDbConfig.at(directory.resolve("db"))
        .withNativeDirectory(Path.of(System.getProperty("java.io.tmpdir"), "kvorum-test-native"))
        .withMemoryBytes(16 << 20));
  }

  /** Applies the next few hundred entries, flushing and removing compacted data now and then, and is killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) {
      Random random = new Random(Integer.parseInt(arguments[1]));
      List<List<CommandBatch>> log = log();
      Applier applier =
          Applier.open(open(Path.of(arguments[0])), new ApplyConfig(1 << 16, 100, rows -> {}));
      int next = (int) applier.appliedIndex() + 1;
      int last = next + 150 + random.nextInt(250);
      while (next < last) {
        applier.apply(1, next, log.get(next));
        next++;
        if (random.nextInt(20) == 0) {
          applier.compactStep(1 + random.nextInt(200));
        }
        if (random.nextInt(60) == 0) {
          applier.flush();
        }
      }
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
