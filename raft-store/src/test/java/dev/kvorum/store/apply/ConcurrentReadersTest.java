package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.rocksdb.RocksDbConfig;
import dev.kvorum.store.engine.rocksdb.RocksDbEngine;
import dev.kvorum.store.mvcc.HistoryPage;
import dev.kvorum.store.mvcc.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers at any revision see exactly that revision or are told that it is compacted, while one thread applies, one
 * removes compacted data and one flushes, over RocksDB.
 *
 * <p>Revision r puts key r mod {@value #KEYS}, so what must be read at a revision is known without asking anybody.
 */
class ConcurrentReadersTest {
  private static final int KEYS = 50;
  private static final int REVISIONS = 12_000;

  @TempDir
  Path temporary;

  @Test
  void readersSeeOneRevision() throws Exception {
    RocksDbConfig config = RocksDbConfig.at(temporary.resolve("db"))
        .withNativeDirectory(Path.of(System.getProperty("java.io.tmpdir"), "kvorum-test-native"))
        .withMemoryBytes(16 << 20);
    try (Engine engine = RocksDbEngine.open(config);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Applier applier = Applier.open(engine, new ApplyConfig(8 * 1024, 1000, rows -> {}));
      AtomicBoolean done = new AtomicBoolean();
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        long seed = i;
        readers.add(threads.submit(until(done, new Reader(applier, new Random(seed))::read)));
      }
      Future<Long> compactor = threads.submit(until(done, () -> applier.compactStep(97)));
      Future<Long> flusher = threads.submit(until(done, applier::flush));
      try {
        write(applier);
      } finally {
        done.set(true);
      }
      for (Future<Long> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
      compactor.get();
      flusher.get();
      new Reader(applier, new Random(9)).read();
    }
  }

  private static void write(Applier applier) {
    Random random = new Random(0);
    long sequence = 0;
    long revision = 1;
    while (revision < REVISIONS) {
      List<Command<?>> commands = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        revision++;
        commands.add(new Command.Put(PutRequest.of(key(revision), value(revision))));
      }
      if (random.nextInt(40) == 0) {
        commands.add(new Command.Compact(revision - random.nextInt(100)));
      }
      sequence++;
      applier.apply(1, sequence, List.of(new CommandBatch(1, 1, sequence, 0, commands)));
    }
  }

  private static Bytes key(long revision) {
    return Bytes.utf8(String.format("key%02d", revision % KEYS));
  }

  private static Bytes value(long revision) {
    return Bytes.utf8("value of " + revision + " ".repeat((int) (revision % 300)));
  }

  private static Callable<Long> until(AtomicBoolean done, Runnable body) {
    return () -> {
      long runs = 0;
      while (!done.get()) {
        body.run();
        runs++;
      }
      return runs;
    };
  }

  private record Reader(Applier applier, Random random) {
    void read() {
      View view = applier.view();
      long lowest = Math.max(1, view.compactRevision());
      long revision = lowest + random.nextLong(view.revision() - lowest + 1);
      try {
        RangeResult result = view.range(RangeRequest.of(KeyRange.ALL, revision, 0));
        check(result.keyValues(), revision);
        assertThat(result.count()).isEqualTo(Math.min(KEYS, revision - 1));
        assertThat(view.count(KeyRange.ALL, revision)).isEqualTo(result.count());
      } catch (StoreException compacted) {
        assertCompacted(compacted, revision);
      }
      try {
        HistoryPage page =
            view.readHistory(KeyRange.ALL::contains, revision, view.revision(), 50, 1 << 20);
        long expected = Math.max(2, revision);
        for (Event event : page.events()) {
          check(event, expected++);
        }
        assertThat(page.nextRevision()).isEqualTo(expected);
      } catch (StoreException compacted) {
        assertCompacted(compacted, revision);
      }
      RangeResult latest = applier.range(RangeRequest.latest(KeyRange.ALL));
      check(latest.keyValues(), latest.revision());
    }

    private static void check(List<KeyValue> keyValues, long revision) {
      assertThat(keyValues).hasSize((int) Math.min(KEYS, revision - 1));
      for (KeyValue each : keyValues) {
        assertThat(each.modRevision()).isBetween(Math.max(2, revision - KEYS + 1), revision);
        assertThat(each.key()).isEqualTo(key(each.modRevision()));
        assertThat(each.value()).isEqualTo(value(each.modRevision()));
      }
    }

    private void check(Event event, long revision) {
      assertThat(event.kv().modRevision()).isEqualTo(revision);
      assertThat(event.kv().value()).isEqualTo(value(revision));
      KeyValue previous = event.prevKv();
      if (revision - KEYS < 2) {
        assertThat(previous).isNull();
      } else if (previous == null) {
        assertThat(applier.compactRevision()).isGreaterThanOrEqualTo(revision);
      } else {
        assertThat(previous.value()).isEqualTo(value(revision - KEYS));
      }
    }

    private void assertCompacted(StoreException failure, long revision) {
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.COMPACTED);
      assertThat(applier.compactRevision()).isGreaterThan(revision);
    }
  }
}
