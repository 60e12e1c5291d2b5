package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Followers' batches that wait to be written by the leader; bounded by number. Any thread may add, one takes. */
final class ForwardedBatches {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardedBatches.class);

  private static final int MAX_WAITING = 256;

  /** A batch that waits. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Forwarded(long caller, byte[] encoded, CompletableFuture<byte[]> done) {}

  private final ConcurrentLinkedQueue<Forwarded> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** Adds a batch. The future completes as the entry does that it is written with, or at once if there is no room. */
  CompletableFuture<byte[]> offer(long caller, byte[] encoded) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          StoreException.of(StoreException.Kind.TOO_MANY_REQUESTS));
    }
    Forwarded batch = new Forwarded(caller, encoded, new CompletableFuture<>());
    queue.add(batch);
    return batch.done;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /**
   * Takes batches into an entry, as far as they fit; the first in any case if the entry is empty.
   *
   * @param entry where they go, after what is there already
   * @param entryBytes how much that is
   * @param maxBytes how large the entry may get
   * @param timeMillis the leader's time, which counts for all of an entry
   * @return those to be told of the entry's outcome
   */
  List<CompletableFuture<byte[]>> takeInto(
      List<CommandBatch> entry, int entryBytes, int maxBytes, long timeMillis) {
    List<CompletableFuture<byte[]>> waiters = new ArrayList<>();
    int bytes = entryBytes;
    Forwarded next;
    while ((next = queue.peek()) != null
        && (entry.isEmpty() || bytes + next.encoded.length <= maxBytes)) {
      queue.remove();
      waiting.decrementAndGet();
      if (decode(next, timeMillis, entry)) {
        waiters.add(next.done);
        bytes += next.encoded.length;
      }
    }
    return waiters;
  }

  private static boolean decode(Forwarded source, long timeMillis, List<CommandBatch> entry) {
    try {
      List<CommandBatch> decoded = CommandCodec.decode(source.encoded);
      for (CommandBatch batch : decoded) {
        if (batch.originId() != source.caller) {
          throw new IllegalArgumentException("a batch of " + MemberIds.hex(batch.originId()));
        }
      }
      for (CommandBatch batch : decoded) {
        entry.add(new CommandBatch(
            batch.originId(), batch.incarnation(), batch.sequence(), timeMillis, batch.commands()));
      }
      return true;
    } catch (IllegalArgumentException e) {
      LOG.error("refused a batch from member {}", MemberIds.hex(source.caller), e);
      source.done.completeExceptionally(e);
      return false;
    }
  }

  /** Sends all that wait away, to ask who leads; false if there were none. */
  boolean refuseAll() {
    boolean any = false;
    Forwarded next;
    while ((next = queue.poll()) != null) {
      waiting.decrementAndGet();
      next.done.completeExceptionally(StoreException.of(StoreException.Kind.NOT_LEADER));
      any = true;
    }
    return any;
  }
}
