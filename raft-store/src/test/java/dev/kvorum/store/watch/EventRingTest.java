package dev.kvorum.store.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventRingTest {
  private static final long FIRST = 11;

  private final EventRing ring = new EventRing(10_000, 4, FIRST - 1);

  @Test
  void aRevisionIsFoundInTheBlockThatCoversIt() {
    ring.append(12, List.of(put(11, 1), put(12, 1)));
    ring.append(15, List.of(put(13, 1), put(15, 1)));

    assertThat(lastRevisionFor(11)).isEqualTo(12);
    assertThat(lastRevisionFor(12)).isEqualTo(12);
    assertThat(lastRevisionFor(14)).isEqualTo(15);
    assertThat(ring.find(10)).isNull();
    assertThat(ring.find(16)).isNull();
  }

  @Test
  void theOldestBlockIsDroppedWhenThereAreTooMany() {
    for (long revision = FIRST; revision < FIRST + 5; revision++) {
      ring.append(revision, List.of(put(revision, 1)));
    }

    assertThat(ring.find(FIRST)).isNull();
    assertThat(lastRevisionFor(FIRST + 1)).isEqualTo(FIRST + 1);
    assertThat(lastRevisionFor(FIRST + 4)).isEqualTo(FIRST + 4);
  }

  @Test
  void theOldestBlocksAreDroppedWhenTheyHoldTooMuch() {
    ring.append(11, List.of(put(11, 1000)));
    ring.append(12, List.of(put(12, 1000)));
    ring.append(13, List.of(put(13, 2000)));

    assertThat(ring.find(11)).isNull();
    assertThat(lastRevisionFor(12)).isEqualTo(12);
    assertThat(ring.heapBytes()).isLessThanOrEqualTo(10_000);
  }

  @Test
  void aBlockThatIsTooLargeByItselfIsAGap() {
    ring.append(11, List.of(put(11, 1)));
    ring.append(12, List.of(put(12, 10_000)));
    ring.append(13, List.of(put(13, 1)));

    assertThat(ring.find(11)).isNull();
    assertThat(ring.find(12)).isNull();
    assertThat(lastRevisionFor(13)).isEqualTo(13);
  }

  @Test
  void whoComesFromABlockThatWasFollowedByAResetSeesAGap() {
    ring.append(11, List.of(put(11, 1)));
    EventBlock last = ring.find(11);
    ring.clear(20);
    ring.append(21, List.of(put(21, 1)));

    assertThat(last)
        .isNotNull()
        .satisfies(block -> assertThat(ring.after(block)).isNull());
    assertThat(ring.find(12)).isNull();
    assertThat(lastRevisionFor(21)).isEqualTo(21);
  }

  @Test
  void eventsOutOfOrderAreRefused() {
    ring.append(12, List.of(put(12, 1)));

    assertThatThrownBy(() -> ring.append(13, List.of(put(12, 1))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> ring.append(13, List.of(put(14, 1))))
        .isInstanceOf(IllegalStateException.class);
  }

  private long lastRevisionFor(long revision) {
    EventBlock block = ring.find(revision);
    return block == null ? -1 : block.lastRevision();
  }

  private static Event put(long revision, int valueLength) {
    Bytes value = Bytes.wrap(new byte[valueLength]);
    return Event.put(KeyValue.of(Bytes.utf8("k"), revision, revision, 1, value, 0), null);
  }
}
