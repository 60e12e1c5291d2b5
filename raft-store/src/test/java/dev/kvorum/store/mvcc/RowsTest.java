package dev.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
  @Test
  void rowsSortByKeyThenNewestFirst() {
    List<byte[]> keys = new ArrayList<>();
    byte[] alphabet = {0, 1, 2, 'a', (byte) 0xfe, (byte) 0xff};
    keys.add(new byte[0]);
    for (byte a : alphabet) {
      keys.add(new byte[] {a});
      for (byte b : alphabet) {
        keys.add(new byte[] {a, b});
        for (byte c : alphabet) {
          keys.add(new byte[] {a, b, c});
        }
      }
    }
    keys.sort(Arrays::compareUnsigned);

    List<byte[]> rows = new ArrayList<>();
    for (byte[] key : keys) {
      rows.add(Rows.firstVersion(key));
      for (long revision : new long[] {Long.MAX_VALUE, 1L << 40, 257, 256, 255, 2, 1}) {
        rows.add(Rows.version(key, revision));
      }
    }

    for (int i = 1; i < rows.size(); i++) {
      assertThat(Arrays.compareUnsigned(rows.get(i - 1), rows.get(i))).isNegative();
    }
  }

  @Test
  void changesSortByRevisionThenSub() {
    List<byte[]> rows = List.of(
        Rows.event(1, 0),
        Rows.event(1, 1),
        Rows.event(1, 255),
        Rows.event(1, 256),
        Rows.event(2, 0),
        Rows.event(1L << 40, 0));

    for (int i = 1; i < rows.size(); i++) {
      assertThat(Arrays.compareUnsigned(rows.get(i - 1), rows.get(i))).isNegative();
    }
  }

  @Test
  void aChangeIsReadAsWritten() {
    for (long replaced : new long[] {0, 1, 127, 128, 1L << 40, Long.MAX_VALUE}) {
      byte[] value = Rows.eventValue(Rows.DELETE, replaced, new byte[] {1, 2, 3});

      Rows.Change change = Rows.change(Rows.event(77, 3), value);

      assertThat(change.revision()).isEqualTo(77);
      assertThat(change.delete()).isTrue();
      assertThat(change.replacedRevision()).isEqualTo(replaced);
      assertThat(change.key()).containsExactly(1, 2, 3);
    }
  }
}
