package dev.kvorum.store.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyUnionTest {
  static LongStream seeds() {
    return Seeds.all();
  }

  @Test
  void rangesThatTouchCountAsOne() {
    KeyUnion union = KeyUnion.of(List.of(range("c", "f"), range("a", "c"), single("f")));

    assertThat(union.covers(range("b", "f"))).isTrue();
    assertThat(union.covers(range("b", "f\0"))).isTrue();
    assertThat(union.covers(range("b", "f\0\0"))).isFalse();
    assertThat(union.covers(KeyRange.from(Bytes.utf8("b")))).isFalse();
  }

  @Test
  void whatHasNoEndNeedsAGrantWithoutAnEnd() {
    KeyUnion one = KeyUnion.of(List.of(single("a")));
    KeyUnion open = KeyUnion.of(List.of(KeyRange.from(Bytes.utf8("m"))));

    assertThat(one.covers(KeyRange.from(Bytes.utf8("a")))).isFalse();
    assertThat(open.covers(KeyRange.from(Bytes.utf8("m")))).isTrue();
    assertThat(open.covers(KeyRange.from(Bytes.utf8("l")))).isFalse();
    assertThat(open.covers(KeyRange.ALL)).isFalse();
    assertThat(KeyUnion.of(List.of(KeyRange.ALL)).covers(KeyRange.ALL)).isTrue();
    assertThat(KeyUnion.of(List.of()).covers(KeyRange.ALL)).isFalse();
  }

  /** The keys are those of one letter; whether all in a range are granted is found out one by one. */
  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void coversWhatEveryKeySaysByItself(long seed) {
    Random random = new Random(seed);
    List<KeyRange> granted = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      granted.add(randomRange(random));
    }
    KeyUnion union = KeyUnion.of(granted);
    for (int i = 0; i < 50; i++) {
      KeyRange wanted = randomRange(random);
      boolean all = true;
      for (char letter = 'a'; letter <= 'z'; letter++) {
        for (String suffix : new String[] {"", "\0", "m"}) {
          Bytes key = Bytes.utf8(letter + suffix);
          boolean asked = wanted.isEmpty() ? key.equals(wanted.key()) : wanted.contains(key);
          all &= !asked || granted.stream().anyMatch(range -> range.contains(key));
          assertThat(union.contains(key))
              .isEqualTo(granted.stream().anyMatch(range -> range.contains(key)));
        }
      }
      if (wanted.isOpenEnded()) {
        all &= granted.stream().anyMatch(KeyRange::isOpenEnded);
      }
      assertThat(union.covers(wanted)).as("%s in %s", wanted, granted).isEqualTo(all);
      checkAll(union, random);
    }
  }

  private static void checkAll(KeyUnion union, Random random) {
    TreeSet<Bytes> keys = new TreeSet<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      keys.add(letter(random));
    }
    assertThat(union.coversAll(keys::ceiling)).isEqualTo(keys.stream().allMatch(union::contains));
  }

  private static KeyRange randomRange(Random random) {
    Bytes key = letter(random);
    return switch (random.nextInt(4)) {
      case 0 -> KeyRange.single(key);
      case 1 -> KeyRange.from(key);
      default -> new KeyRange(key, letter(random));
    };
  }

  private static Bytes letter(Random random) {
    return Bytes.utf8(String.valueOf((char) ('a' + random.nextInt(26))));
  }

  private static KeyRange single(String key) {
    return KeyRange.single(Bytes.utf8(key));
  }

  private static KeyRange range(String key, String end) {
    return new KeyRange(Bytes.utf8(key), Bytes.utf8(end));
  }
}
