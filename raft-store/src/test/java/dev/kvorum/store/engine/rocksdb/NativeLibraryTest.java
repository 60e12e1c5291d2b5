package dev.kvorum.store.engine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir
  Path directory;

  @Test
  void isUnpackedOnce() throws IOException {
    Path file = NativeLibrary.unpack(directory);
    FileTime stamp = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, stamp);

    assertThat(NativeLibrary.unpack(directory)).isEqualTo(file);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(stamp);
    assertThat(list(directory)).containsExactly(file);
  }

  @Test
  void aDamagedCopyIsReplaced() throws IOException {
    Path file = NativeLibrary.unpack(directory);
    byte[] good = Files.readAllBytes(file);
    byte[] bad = good.clone();
    bad[bad.length / 2]++;
    Files.write(file, bad);

    NativeLibrary.unpack(directory);

    assertThat(Files.readAllBytes(file)).isEqualTo(good);
  }

  @Test
  void aKilledProcessLeavesNothingInTheTemporaryDirectory()
      throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path natives = directory.resolve("native");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            directory.resolve("db").toString(),
            natives.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("output").toFile())
        .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(Files.readString(directory.resolve("output"))).contains("opened");
    assertThat(process.exitValue()).isEqualTo(7);
    assertThat(list(temporary)).isEmpty();
    assertThat(list(natives)).hasSize(1);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  /** Opens an engine and is gone without any clean-up. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) {
      RocksDbEngine.open(
          RocksDbConfig.at(Path.of(arguments[0])).withNativeDirectory(Path.of(arguments[1])));
      System.out.println("opened");
      System.out.flush();
      Runtime.getRuntime().halt(7);
    }
  }
}
