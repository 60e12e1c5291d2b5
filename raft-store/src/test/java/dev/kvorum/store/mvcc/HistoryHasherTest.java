package dev.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import dev.kvorum.store.testing.Seeds;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryHasherTest {
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

  private final InMemoryEngine engine = new InMemoryEngine();
  private final MvccStore store =
      new MvccStore(engine, 1, MvccStore.NEVER_COMPACTED, 1 << 20, 100, NO_LEASES, rows -> {});

  static LongStream seeds() {
    return Seeds.upTo(50);
  }

  private void write(Consumer<MvccWriter> changes) {
    EngineBatch batch = new EngineBatch();
    MvccWriter writer = store.begin(batch, NO_LEASES);
    changes.accept(writer);
    engine.write(batch);
    store.publish(writer);
  }

  private void put(String key, String value) {
    write(writer -> writer.put(PutRequest.of(Bytes.utf8(key), Bytes.utf8(value))));
  }

  private StateHash hash(long revision, int sliceRows) {
    return new HistoryHasher(engine, store::snapshot, sliceRows).hash(store.snapshot(), revision);
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void neitherTheSliceNorWhatWasRemovedMatters(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      Bytes key = Bytes.utf8("k" + random.nextInt(8));
      if (random.nextInt(4) == 0) {
        write(writer -> writer.delete(new DeleteRequest(KeyRange.single(key), false)));
      } else {
        put(key.toUtf8(), "v" + i);
      }
    }
    long compacted = 1 + random.nextLong(store.revision());
    long covered = compacted + random.nextLong(store.revision() - compacted + 1);
    write(writer -> writer.compact(compacted));
    StateHash expected = hash(covered, 1 << 20);
    assertThat(expected.revision()).isEqualTo(covered);
    assertThat(expected.compactRevision()).isEqualTo(compacted);

    for (int slice = 1; slice < 12; slice++) {
      assertThat(hash(covered, slice)).isEqualTo(expected);
    }
    while (!store.compactStep(1 + random.nextInt(5)).finished()) {
      assertThat(hash(covered, 3)).isEqualTo(expected);
    }
    put("later", "x");
    assertThat(hash(covered, 3)).isEqualTo(expected);
    assertThat(hash(0, 3)).isNotEqualTo(expected);
  }

  @Test
  void itBeginsAgainWhenCompactionOvertakesIt() {
    for (int i = 0; i < 20; i++) {
      put("k" + i % 4, "v" + i);
    }
    Snapshot before = store.snapshot();
    AtomicInteger looks = new AtomicInteger();
    HistoryHasher hasher = new HistoryHasher(
        engine,
        () -> {
          if (looks.incrementAndGet() == 3) {
            write(writer -> writer.compact(15));
            while (!store.compactStep(100).finished()) {}
          }
          return store.snapshot();
        },
        4);

    StateHash hash = hasher.hash(before, 18);

    assertThat(hash).isEqualTo(hash(18, 1 << 20));
    assertThat(hash.compactRevision()).isEqualTo(15);
  }

  @Test
  void revisionsThatAreNotThereAreRefused() {
    put("a", "1");
    put("a", "2");
    assertThat(hash(0, 10).compactRevision()).isEqualTo(-1);
    write(writer -> writer.compact(2));

    assertThatThrownBy(() -> hash(4, 10))
        .isInstanceOfSatisfying(
            StoreException.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.FUTURE_REVISION));
    assertThatThrownBy(() -> hash(1, 10))
        .isInstanceOfSatisfying(
            StoreException.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.COMPACTED));
    assertThat(hash(2, 10).revision()).isEqualTo(2);
    assertThat(hash(-1, 10).revision()).isEqualTo(-1);
  }
}
