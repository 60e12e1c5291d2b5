package dev.kvorum.store.engine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import dev.kvorum.store.testing.EngineContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RocksDbEngineTest extends EngineContract {
  /** One for all tests of the process, as the library is loaded once. */
  static final Path NATIVE = Path.of(System.getProperty("java.io.tmpdir"), "kvorum-test-native");

  @Override
  protected Engine openEmpty() {
    return open(temporary.resolve("db"));
  }

  /** What is on disk is copied while the engine runs: the files of a killed process, without a clean close. */
  @Override
  protected Engine crash(Engine running) {
    Path copy = temporary.resolve("crashed");
    try (Stream<Path> files = Files.list(temporary.resolve("db"))) {
      Files.createDirectory(copy);
      for (Path file : files.toList()) {
        if (!file.endsWith("LOCK")) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open(copy);
  }

  @Override
  protected Engine openCheckpoint(Path directory) {
    return open(directory);
  }

  static RocksDbEngine open(Path directory) {
    return RocksDbEngine.open(
        RocksDbConfig.at(directory).withNativeDirectory(NATIVE).withMemoryBytes(16 << 20));
  }

  @Test
  void closingWaitsForCursors() throws InterruptedException {
    RocksDbEngine engine = open(temporary.resolve("other"));
    EngineBatch batch = new EngineBatch();
    batch.put(Family.KV, new byte[] {1}, new byte[] {1});
    engine.write(batch);
    Cursor cursor = engine.scan(Family.KV, new byte[0], null, ScanKind.REQUEST);
    CountDownLatch closed = new CountDownLatch(1);
    Thread closer = Thread.ofPlatform().start(() -> {
      engine.close();
      closed.countDown();
    });

    while (isOpen(engine)) {
      Thread.onSpinWait();
    }
    assertThat(closed.getCount()).isEqualTo(1);
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.key()).containsExactly(1);
    cursor.close();

    assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    closer.join();
  }

  private static boolean isOpen(Engine engine) {
    try {
      engine.size();
      return true;
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  @Test
  void closingKeepsWhatWasNotFlushed() {
    Path directory = temporary.resolve("other");
    try (RocksDbEngine engine = open(directory)) {
      EngineBatch batch = new EngineBatch();
      batch.put(Family.KV, new byte[] {1}, new byte[] {2});
      engine.write(batch);
    }

    try (RocksDbEngine engine = open(directory)) {
      assertThat(engine.getPersisted(Family.KV, new byte[] {1})).containsExactly(2);
    }
  }
}
