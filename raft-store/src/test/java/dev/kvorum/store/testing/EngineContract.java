package dev.kvorum.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link Engine} does. One subclass per implementation; it says only how to open one. */
public abstract class EngineContract {
  @TempDir
  protected Path temporary;

  private Engine engine;

  /** An engine without rows. */
  protected abstract Engine openEmpty();

  /** What the process would find if it were killed now: a second engine, or the same one reopened. */
  protected abstract Engine crash(Engine running);

  /** What a checkpoint holds. */
  protected abstract Engine openCheckpoint(Path directory);

  @BeforeEach
  void open() {
    engine = openEmpty();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void whatWasWrittenIsRead() {
    write(Family.KV, "a", "1");

    assertThat(get(Family.KV, "a")).isEqualTo("1");
    assertThat(get(Family.KV, "b")).isNull();
    assertThat(get(Family.EVENTS, "a")).isNull();
  }

  @Test
  void aBatchAppliesItsChangesInOrder() {
    EngineBatch batch = new EngineBatch();
    batch.put(Family.META, bytes("a"), bytes("1"));
    batch.put(Family.META, bytes("b"), bytes("2"));
    batch.delete(Family.META, bytes("a"));
    batch.put(Family.LEASES, bytes("c"), bytes(""));
    batch.put(Family.EVENTS, bytes("d1"), bytes("3"));
    batch.put(Family.EVENTS, bytes("d2"), bytes("4"));
    batch.put(Family.EVENTS, bytes("e"), bytes("5"));
    batch.deleteRange(Family.EVENTS, bytes("d"), bytes("e"));
    batch.put(Family.EVENTS, bytes("d2"), bytes("6"));
    engine.write(batch);

    assertThat(scan(Family.META, "", null)).containsExactly("b=2");
    assertThat(scan(Family.LEASES, "", null)).containsExactly("c=");
    assertThat(scan(Family.EVENTS, "", null)).containsExactly("d2=6", "e=5");
  }

  @Test
  void rangesOfTheFirstFamilyAreDeletedToo() {
    write(Family.META, "a", "1");
    write(Family.META, "b", "2");
    EngineBatch batch = new EngineBatch();
    batch.deleteRange(Family.META, bytes("a"), bytes("b"));
    engine.write(batch);

    assertThat(scan(Family.META, "", null)).containsExactly("b=2");
  }

  @Test
  void largeKeysAndValuesComeBackUnchanged() {
    byte[] key = new byte[70_000];
    byte[] value = new byte[3_000_000];
    java.util.Arrays.fill(key, (byte) 0xfe);
    value[2_999_999] = 7;
    EngineBatch batch = new EngineBatch();
    batch.put(Family.KV, key, value);
    engine.write(batch);

    assertThat(engine.get(Family.KV, key)).isEqualTo(value);
  }

  @Test
  void aScanIsInUnsignedOrderWithinItsBounds() {
    write(Family.KV, "b", "2");
    write(Family.KV, "\u00e9", "4");
    write(Family.KV, "a", "1");
    write(Family.KV, "c", "3");

    assertThat(scan(Family.KV, "", null)).containsExactly("a=1", "b=2", "c=3", "\u00e9=4");
    assertThat(scan(Family.KV, "b", "c")).containsExactly("b=2");
    assertThat(scan(Family.KV, "c", "b")).isEmpty();
    assertThat(scan(Family.KV, "d", "e")).isEmpty();
  }

  @Test
  void aCursorSeeksForwardAndBack() {
    for (String key : List.of("a", "c", "e")) {
      write(Family.KV, key, key);
    }
    try (Cursor cursor = engine.scan(Family.KV, bytes("b"), bytes("f"), ScanKind.REQUEST)) {
      assertThat(cursor.seek(bytes("d"))).isTrue();
      assertThat(text(cursor.key())).isEqualTo("e");
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.seek(bytes("c"))).isTrue();
      assertThat(text(cursor.value())).isEqualTo("c");
      assertThat(cursor.seek(bytes("f"))).isFalse();
    }
  }

  @Test
  void aCursorDoesNotSeeLaterWrites() {
    write(Family.KV, "a", "1");
    try (Cursor cursor = engine.scan(Family.KV, bytes(""), null, ScanKind.BULK)) {
      write(Family.KV, "a", "2");
      write(Family.KV, "b", "2");

      assertThat(cursor.next()).isTrue();
      assertThat(text(cursor.value())).isEqualTo("1");
      assertThat(cursor.next()).isFalse();
    }
  }

  @Test
  void onlyWhatWasFlushedIsPersisted() {
    write(Family.META, "a", "1");
    assertThat(engine.getPersisted(Family.META, bytes("a"))).isNull();

    engine.flush();
    write(Family.META, "a", "2");

    assertThat(engine.getPersisted(Family.META, bytes("a"))).isEqualTo(bytes("1"));
    assertThat(get(Family.META, "a")).isEqualTo("2");
  }

  @Test
  void aCrashLeavesWhatWasFlushedInAllFamilies() {
    for (Family family : Family.values()) {
      write(family, "a", "1");
    }
    engine.flush();
    for (Family family : Family.values()) {
      write(family, "a", "2");
    }

    Engine after = crash(engine);
    try {
      for (Family family : Family.values()) {
        assertThat(after.get(family, bytes("a"))).isEqualTo(bytes("1"));
      }
    } finally {
      after.close();
    }
  }

  @Test
  void aCheckpointHoldsEverythingWrittenBefore() {
    write(Family.KV, "a", "1");
    Path directory = temporary.resolve("checkpoint");

    engine.checkpoint(directory);
    write(Family.KV, "b", "2");

    try (Engine copy = openCheckpoint(directory)) {
      assertThat(copy.get(Family.KV, bytes("a"))).isEqualTo(bytes("1"));
      assertThat(copy.get(Family.KV, bytes("b"))).isNull();
    }
  }

  @Test
  void aCheckpointDoesNotOverwrite() {
    Path directory = temporary.resolve("checkpoint");
    engine.checkpoint(directory);

    assertThatThrownBy(() -> engine.checkpoint(directory))
        .isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void droppedFilesKeepRowsOutsideTheRange() {
    write(Family.EVENTS, "a", "1");
    write(Family.EVENTS, "b", "2");
    engine.flush();

    engine.dropFiles(Family.EVENTS, bytes("a"), bytes("b"));

    assertThat(get(Family.EVENTS, "b")).isEqualTo("2");
  }

  @Test
  void sizesGrowWithTheData() {
    long before = engine.size().totalBytes();
    Random random = new Random(1); // does not compress
    for (int i = 0; i < 1000; i++) {
      byte[] value = new byte[10_000];
      random.nextBytes(value);
      EngineBatch batch = new EngineBatch();
      batch.put(Family.KV, bytes("key" + i), value);
      engine.write(batch);
    }

    assertThat(engine.size().totalBytes()).isGreaterThan(before + 5_000_000);
  }

  @Test
  void compactionKeepsTheDataAndGivesBackTheSpaceOfWhatWasDeleted() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      byte[] value = new byte[10_000];
      random.nextBytes(value);
      EngineBatch batch = new EngineBatch();
      batch.put(Family.KV, bytes("key" + i), value);
      engine.write(batch);
    }
    write(Family.META, "a", "1");
    engine.flush();
    for (int i = 1; i < 1000; i++) {
      EngineBatch batch = new EngineBatch();
      batch.delete(Family.KV, bytes("key" + i));
      engine.write(batch);
    }

    engine.compact();

    assertThat(engine.size().totalBytes()).isLessThan(1_000_000);
    assertThat(get(Family.META, "a")).isEqualTo("1");
    assertThat(engine.get(Family.KV, bytes("key0"))).hasSize(10_000);
    assertThat(engine.get(Family.KV, bytes("key1"))).isNull();
  }

  @Test
  void useAfterCloseIsAnException() {
    engine.close();
    engine.close();

    assertThatThrownBy(() -> get(Family.KV, "a")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> write(Family.KV, "a", "1")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.scan(Family.KV, bytes(""), null, ScanKind.REQUEST))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.flush()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.size()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void useOfAClosedCursorIsAnException() {
    Cursor cursor = engine.scan(Family.KV, bytes(""), null, ScanKind.REQUEST);
    cursor.close();
    cursor.close();

    assertThatThrownBy(cursor::next).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
  }

  private void write(Family family, String key, String value) {
    EngineBatch batch = new EngineBatch();
    batch.put(family, bytes(key), bytes(value));
    engine.write(batch);
  }

  private @Nullable String get(Family family, String key) {
    byte[] value = engine.get(family, bytes(key));
    return value == null ? null : text(value);
  }

  private List<String> scan(Family family, String from, @Nullable String to) {
    List<String> rows = new ArrayList<>();
    try (Cursor cursor =
        engine.scan(family, bytes(from), to == null ? null : bytes(to), ScanKind.REQUEST)) {
      while (cursor.next()) {
        rows.add(text(cursor.key()) + "=" + text(cursor.value()));
      }
    }
    return rows;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
