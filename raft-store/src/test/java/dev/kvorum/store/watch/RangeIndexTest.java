package dev.kvorum.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RangeIndexTest {
  private final RangeIndex<KeyRange> index = new RangeIndex<>();

  @Test
  void findsWhatAScanOfAllRangesFinds() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      RangeIndex<KeyRange> tree = new RangeIndex<>();
      Set<KeyRange> model = new HashSet<>();
      for (int step = 0; step < 200; step++) {
        KeyRange range = randomRange(random);
        if (random.nextInt(3) == 0) {
          tree.remove(range);
          model.remove(range);
        } else if (model.add(range)) {
          tree.add(range, range);
        }
        assertThat(tree.get(range)).isEqualTo(model.contains(range) ? range : null);
        Bytes key = randomKey(random);
        List<KeyRange> found = new ArrayList<>();
        tree.forEachContaining(key, found::add);
        assertThat(found)
            .as("seed %d, key %s", seed, key)
            .containsExactlyInAnyOrderElementsOf(
                model.stream().filter(each -> each.contains(key)).toList());
      }
      for (KeyRange range : model) {
        tree.remove(range);
      }
      assertThat(tree.isEmpty()).isTrue();
    }
  }

  @Test
  void aKeyCostsNoMoreThanALogarithmOfTheRangesThatDoNotMatch() {
    for (int i = 0; i < 10_000; i++) {
      KeyRange range = KeyRange.prefix(Bytes.utf8("/registry/%05d/".formatted(i)));
      index.add(range, range);
    }
    KeyRange everything = KeyRange.prefix(Bytes.utf8("/registry/"));
    index.add(everything, everything);
    List<KeyRange> found = new ArrayList<>();

    int looked = index.forEachContaining(Bytes.utf8("/registry/04711/pod"), found::add);

    assertThat(found)
        .containsExactlyInAnyOrder(everything, KeyRange.prefix(Bytes.utf8("/registry/04711/")));
    assertThat(looked).isLessThan(100);
  }

  private static KeyRange randomRange(Random random) {
    Bytes one = randomKey(random);
    Bytes other = randomKey(random);
    int order = one.compareTo(other);
    if (order == 0 || random.nextInt(8) == 0) {
      return KeyRange.from(one);
    }
    return order < 0 ? new KeyRange(one, other) : new KeyRange(other, one);
  }

  private static Bytes randomKey(Random random) {
    byte[] key = new byte[1 + random.nextInt(2)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(6) * 50);
    }
    return Bytes.wrap(key);
  }
}
