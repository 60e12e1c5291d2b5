package dev.kvorum.store.raft;

import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The changes that wait to be put in a batch, in the order in which they came; bounded by number and by bytes.
 *
 * <p>Any thread may add. One thread takes; others may only empty it once that one takes no more.
 */
final class ProposalQueue implements Iterable<Proposal<?>> {
  private final int maxOperations;
  private final long maxBytes;
  private final ConcurrentLinkedQueue<Proposal<?>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Proposal<?>> returned = new AtomicReference<>();
  private final AtomicInteger operations = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  ProposalQueue(int maxOperations, long maxBytes) {
    this.maxOperations = maxOperations;
    this.maxBytes = maxBytes;
  }

  /** Adds a change; false if the queue is full. */
  boolean offer(Proposal<?> proposal) {
    if (operations.incrementAndGet() > maxOperations) {
      operations.decrementAndGet();
      return false;
    }
    if (bytes.addAndGet(proposal.encodedBytes()) > maxBytes) {
      operations.decrementAndGet();
      bytes.addAndGet(-proposal.encodedBytes());
      return false;
    }
    waiting.add(proposal);
    return true;
  }

  /** Takes the first. */
  @Nullable
  Proposal<?> poll() {
    Proposal<?> first = returned.getAndSet(null);
    if (first == null) {
      first = waiting.poll();
    }
    if (first != null) {
      operations.decrementAndGet();
      bytes.addAndGet(-first.encodedBytes());
    }
    return first;
  }

  /** Looks at the first. */
  @Nullable
  Proposal<?> peek() {
    Proposal<?> first = returned.get();
    return first != null ? first : waiting.peek();
  }

  /** Puts the one that was taken last in front of all others again. */
  void giveBack(Proposal<?> proposal) {
    operations.incrementAndGet();
    bytes.addAndGet(proposal.encodedBytes());
    returned.set(proposal);
  }

  boolean isEmpty() {
    return returned.get() == null && waiting.isEmpty();
  }

  int size() {
    return operations.get();
  }

  /** Goes through those that nobody has taken yet; what is added or taken meanwhile may be seen or not. */
  @Override
  public Iterator<Proposal<?>> iterator() {
    return waiting.iterator();
  }
}
