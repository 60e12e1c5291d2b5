package dev.kvorum.store.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree holds what a sorted map holds, counts what it counts, and frozen trees never change. */
class SortedTreeModelTest {
  private record Value(int number, boolean isCounted) implements SortedTree.Slot {}

  private record Frozen(SortedTree<Value> tree, NavigableMap<byte[], Value> model) {}

  static LongStream seeds() {
    return Seeds.upTo(50);
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void agreesWithASortedMap(long seed) {
    Random random = new Random(seed);
    int keys = List.of(10, 300, 20_000).get(random.nextInt(3));
    boolean ascending = random.nextBoolean();
    NavigableMap<byte[], Value> model = new TreeMap<>(Arrays::compareUnsigned);
    Editor<Value> editor = SortedTree.<Value>empty().edit();
    List<Frozen> frozen = new ArrayList<>();
    int next = 0;
    for (int round = 0; round < 30; round++) {
      boolean shrink = random.nextInt(3) == 0;
      for (int i = random.nextInt(200); i >= 0; i--) {
        byte[] key = key(ascending && !shrink ? next++ : random.nextInt(keys));
        if (shrink && random.nextInt(5) > 0) {
          Map.Entry<byte[], Value> near = model.ceilingEntry(key);
          byte[] removed = near == null ? key : near.getKey();
          assertThat(editor.remove(removed)).isEqualTo(model.remove(removed) != null);
        } else {
          Value value = new Value(i, random.nextInt(4) > 0);
          editor.put(key, value);
          model.put(key, value);
        }
      }
      check(editor.current(), model, random);
      if (random.nextBoolean()) {
        frozen.add(new Frozen(editor.freeze(), new TreeMap<>(model)));
      }
    }
    for (Frozen each : frozen) {
      check(each.tree(), each.model(), random);
    }
    for (byte[] key : List.copyOf(model.keySet())) {
      editor.remove(key);
    }
    assertThat(editor.current().count()).isZero();
    assertThat(editor.current().root).isNull();
    for (Frozen each : frozen) {
      check(each.tree(), each.model(), random);
    }
  }

  @Test
  void nodesAreFullEnoughInAscendingOrder() {
    Editor<Value> editor = SortedTree.<Value>empty().edit();
    for (int i = 0; i < 50_000; i++) {
      editor.put(key(i), new Value(i, true));
    }

    assertThat(leaves(editor.current().root)).isLessThan(50_000 / (Node.CAPACITY * 3 / 4));
  }

  @Test
  void removingMostKeysFreesMostNodes() {
    Editor<Value> editor = SortedTree.<Value>empty().edit();
    for (int i = 0; i < 50_000; i++) {
      editor.put(key(i), new Value(i, true));
    }
    for (int i = 0; i < 50_000; i++) {
      if (i % 50 != 0) {
        editor.remove(key(i));
      }
    }

    assertThat(editor.current().count()).isEqualTo(1000);
    assertThat(leaves(editor.current().root)).isLessThan(1000 / (Node.SPARSE / 2));
  }

  /** Deep enough that inner nodes split, empty from the front and merge. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2})
  void innerNodesMergeWithoutLosingKeys(long seed) {
    Random random = new Random(seed);
    Editor<Value> editor = SortedTree.<Value>empty().edit();
    NavigableMap<byte[], Value> model = new TreeMap<>(Arrays::compareUnsigned);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      numbers.add(i);
    }
    if (seed % 2 == 0) {
      Collections.shuffle(numbers, random);
    }
    for (int round = 0; round < 2; round++) {
      for (int number : numbers) {
        Value value = new Value(number, true);
        editor.put(key(number), value);
        model.put(key(number), value);
      }
      for (int number : numbers) {
        int keepEvery = 1 + number / 1000; // sparser and sparser, so that neighbours differ in size
        if (number % keepEvery != 0 || number < 5000) {
          assertThat(editor.remove(key(number))).isTrue();
          model.remove(key(number));
        }
        if (number % 5000 == 0) {
          editor.freeze();
        }
      }
      check(editor.current(), model, random);
      for (int number : numbers) {
        Value expected = model.get(key(number));
        if (!Objects.equals(editor.current().get(key(number)), expected)) {
          throw new AssertionError("key " + number + " is not " + expected);
        }
      }
    }
  }

  /**
   * A node that loses its first child covers, from then on, keys below the divider it began with. What is put there must
   * be found after the node was merged into its neighbour.
   */
  @Test
  void keysBelowALostFirstChildSurviveMerging() {
    Editor<Value> editor = SortedTree.<Value>empty().edit();
    for (int i = 0; i < 60_000; i++) {
      editor.put(key(i), new Value(i, true));
    }
    NavigableMap<byte[], Value> kept = new TreeMap<>(Arrays::compareUnsigned);
    for (int from = 0; from < 60_000; from += 400) {
      for (int i = from; i < from + 300; i++) {
        editor.remove(key(i));
      }
      for (int i = from; i < from + 300; i += 20) {
        kept.put(key(i), new Value(i, true));
        editor.put(key(i), new Value(i, true));
      }
    }
    for (int i = 0; i < 60_000; i++) {
      if (!kept.containsKey(key(i))) {
        editor.remove(key(i));
      }
    }

    kept.forEach((key, value) -> assertThat(editor.current().get(key)).isEqualTo(value));
    check(editor.current(), kept, new Random(1));
  }

  private static int leaves(@Nullable Node node) {
    if (!(node instanceof Node.Inner inner)) {
      return node == null ? 0 : 1;
    }
    int leaves = 0;
    for (int i = 0; i < inner.size; i++) {
      leaves += leaves(inner.children[i]);
    }
    return leaves;
  }

  private static void check(
      SortedTree<Value> tree, NavigableMap<byte[], Value> model, Random random) {
    List<String> expected = new ArrayList<>();
    model.forEach((key, value) -> expected.add(text(key) + value));
    assertThat(contents(tree.cursor(new byte[0], null))).isEqualTo(expected);
    assertThat(tree.count())
        .isEqualTo((int) model.values().stream().filter(Value::isCounted).count());
    for (int i = 0; i < 10; i++) {
      byte[] from = key(random.nextInt(25_000));
      byte[] to = random.nextInt(5) == 0 ? null : key(random.nextInt(25_000));
      NavigableMap<byte[], Value> range = to == null
          ? model.tailMap(from, true)
          : Arrays.compareUnsigned(from, to) < 0
              ? model.subMap(from, true, to, false)
              : new TreeMap<>(Arrays::compareUnsigned);
      List<String> part = new ArrayList<>();
      range.forEach((key, value) -> part.add(text(key) + value));
      assertThat(contents(tree.cursor(from, to))).isEqualTo(part);
      assertThat(tree.count(from, to))
          .isEqualTo((int) range.values().stream().filter(Value::isCounted).count());
      assertThat(tree.get(from)).isEqualTo(model.get(from));
    }
  }

  private static List<String> contents(SortedTree.Cursor<Value> cursor) {
    List<String> contents = new ArrayList<>();
    while (cursor.next()) {
      contents.add(text(cursor.key()) + cursor.value());
    }
    return contents;
  }

  private static byte[] key(int number) {
    return Integer.toString(1_000_000 + number).getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.US_ASCII);
  }
}
