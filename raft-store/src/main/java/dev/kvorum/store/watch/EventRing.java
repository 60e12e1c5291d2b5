package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyValue;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The most recent events, bounded by what they hold on the heap; the oldest are dropped to make room.
 *
 * <p>One thread writes, any number read without a lock. A reader keeps a revision, never a block, so it holds no memory
 * while it waits; it finds its block again or learns that it fell off. Blocks are immutable and say which revisions they
 * cover, so a reader that races with the writer sees a gap as a gap: a missing block, or one that does not begin where
 * the last one ended.
 */
final class EventRing {
  private static final int OBJECT_BYTES =
      256; // event, two key-values and five arrays, without their contents

  private final AtomicReferenceArray<@Nullable EventBlock> slots;
  private final int mask;
  private final long maxBytes;

  /** Sequence of the oldest block kept; only grows. */
  private final AtomicLong tail = new AtomicLong();

  /** Sequence of the next block; only grows. */
  private final AtomicLong head = new AtomicLong();

  private long bytes; // writer only
  private long lastRevision; // writer only

  /**
   * @param revision the revision before the first block
   */
  EventRing(long maxBytes, int maxBlocks, long revision) {
    int capacity = maxBlocks == 1 ? 1 : Integer.highestOneBit(maxBlocks - 1) << 1;
    slots = new AtomicReferenceArray<>(capacity);
    mask = capacity - 1;
    this.maxBytes = maxBytes;
    lastRevision = revision;
  }

  /**
   * Adds a block. Writer only. A block that alone exceeds the bound is not kept; readers then see a gap.
   *
   * @param events ascending, each revision above the last block's and at most {@code revision}; not changed any more
   */
  void append(long revision, List<Event> events) {
    long added = checkedHeapBytes(revision, events);
    if (added > maxBytes) {
      clear(revision);
      return;
    }
    long sequence = head.get();
    while (tail.get() < sequence && (bytes + added > maxBytes || sequence - tail.get() > mask)) {
      dropOldest();
    }
    slots.set(
        (int) (sequence & mask),
        new EventBlock(sequence, lastRevision + 1, revision, events, added));
    bytes += added;
    lastRevision = revision;
    head.set(sequence + 1);
  }

  /** Forgets everything; the next block begins after {@code revision}. Writer only. */
  void clear(long revision) {
    while (tail.get() < head.get()) {
      dropOldest();
    }
    lastRevision = revision;
  }

  private void dropOldest() {
    long sequence = tail.get();
    EventBlock dropped = slots.getAndSet((int) (sequence & mask), null);
    if (dropped != null) {
      bytes -= dropped.heapBytes();
    }
    tail.set(sequence + 1);
  }

  private long checkedHeapBytes(long revision, List<Event> events) {
    long sum = 0;
    long previous = lastRevision + 1;
    for (Event event : events) {
      if (event.revision() < previous) {
        throw new IllegalStateException(
            "event of revision " + event.revision() + " after " + previous);
      }
      previous = event.revision();
      KeyValue prevKv = event.prevKv();
      // Both encoded forms of the event may come to exist beside the key-values themselves.
      sum += OBJECT_BYTES
          + 3L * event.kv().encoded().length
          + (prevKv == null ? 0 : 2L * prevKv.encoded().length);
    }
    if (previous > revision && !events.isEmpty()) {
      throw new IllegalStateException("event of revision " + previous + " above " + revision);
    }
    return sum;
  }

  /** The block that covers {@code revision}; null if it was dropped or is still to come. */
  @Nullable
  EventBlock find(long revision) {
    long low = tail.get();
    long high = head.get();
    while (low < high) {
      long middle = (low + high) >>> 1;
      EventBlock block = at(middle);
      if (block == null || block.lastRevision() < revision) { // null: dropped meanwhile, so older
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    EventBlock found = at(low);
    return found != null && found.firstRevision() <= revision && found.lastRevision() >= revision
        ? found
        : null;
  }

  /** The block that goes on where {@code block} ends; null if there is none (any more). */
  @Nullable
  EventBlock after(EventBlock block) {
    EventBlock next = at(block.sequence() + 1);
    return next != null && next.firstRevision() == block.lastRevision() + 1 ? next : null;
  }

  private @Nullable EventBlock at(long sequence) {
    EventBlock block = slots.get((int) (sequence & mask));
    return block != null && block.sequence() == sequence ? block : null;
  }

  /** Bytes held, as the bound counts them. Writer only. */
  long heapBytes() {
    return bytes;
  }
}
