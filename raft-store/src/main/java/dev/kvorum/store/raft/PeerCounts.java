package dev.kvorum.store.raft;

import dev.kvorum.store.DurationHistogram;
import java.util.concurrent.atomic.LongAdder;

/** How calls of this member to another one fare, Raft's own not included. Thread-safe. */
public final class PeerCounts {
  /** How long the answer took to calls that the other member answers at once. */
  public final DurationHistogram roundTrips = DurationHistogram.doubling(0.0001, 16);
  /** Calls that got no answer. */
  public final LongAdder failures = new LongAdder();

  PeerCounts() {}
}
