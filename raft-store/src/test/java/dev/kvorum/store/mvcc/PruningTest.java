package dev.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.testing.InMemoryEngine;
import dev.kvorum.store.testing.Seeds;
import dev.kvorum.store.tree.SortedTree;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Once compacted data is removed, memory and engine hold the same versions and none too many: nothing leaks. */
class PruningTest {
  private static final LeaseBook NO_LEASES = new LeaseBook() {
    @Override
    public boolean exists(long lease) {
      return false;
    }

    @Override
    public void moved(byte[] key, long from, long to) {
      throw new AssertionError();
    }
  };

  static LongStream seeds() {
    return Seeds.upTo(50);
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void memoryAndEngineKeepTheSameVersions(long seed) {
    Random random = new Random(seed);
    InMemoryEngine engine = new InMemoryEngine();
    MvccStore store = open(engine, 1, MvccStore.NEVER_COMPACTED);
    for (int round = 0; round < 10; round++) {
      EngineBatch batch = new EngineBatch();
      MvccWriter writer = store.begin(batch, NO_LEASES);
      for (int i = random.nextInt(30); i >= 0; i--) {
        Bytes key = Bytes.utf8("k" + random.nextInt(20));
        if (random.nextInt(3) == 0) {
          writer.delete(new DeleteRequest(KeyRange.single(key), false));
        } else {
          writer.put(PutRequest.of(key, Bytes.utf8("v")));
        }
      }
      if (random.nextBoolean()) {
        long lowest = Math.max(0, writer.compactRevision()) + 1;
        if (lowest <= writer.revision()) {
          writer.compact(lowest + random.nextLong(writer.revision() - lowest + 1));
        }
      }
      engine.write(batch);
      store.publish(writer);
      if (random.nextInt(3) == 0) {
        store.compactStep(1 + random.nextInt(10));
      }
    }
    while (!store.compactStep(3).finished()) {}

    Snapshot snapshot = store.snapshot();
    assertThat(versions(snapshot)).isEqualTo(engine.rows(Family.KV).size());
    assertThat(store.retainedBytes()).isEqualTo(storedBytes(snapshot));
    MvccStore reopened = open(engine, snapshot.revision(), snapshot.compactRevision());
    assertThat(versions(reopened.snapshot())).isEqualTo(versions(snapshot));
    assertThat(reopened.retainedBytes()).isEqualTo(store.retainedBytes());
    assertThat(engine.rows(Family.EVENTS))
        .allMatch(row -> Rows.eventRevision(row.getKey()) >= snapshot.compactRevision());
  }

  private static MvccStore open(InMemoryEngine engine, long revision, long compactRevision) {
    return new MvccStore(engine, revision, compactRevision, 1 << 20, 100, NO_LEASES, rows -> {});
  }

  private static int versions(Snapshot snapshot) {
    int versions = 0;
    SortedTree.Cursor<Version> cursor = snapshot.tree().cursor(new byte[0], null);
    while (cursor.next()) {
      for (Version each = cursor.value(); each != null; each = each.older()) {
        versions++;
      }
    }
    return versions;
  }

  private static long storedBytes(Snapshot snapshot) {
    long bytes = 0;
    SortedTree.Cursor<Version> cursor = snapshot.tree().cursor(new byte[0], null);
    while (cursor.next()) {
      bytes += cursor.value().storedBytesOfChain();
    }
    return bytes;
  }
}
