package dev.kvorum.grpc.server;

import dev.kvorum.store.KvStore;
import dev.kvorum.store.StoreStatus;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Watches, a few times per election timeout, what the store says of its cluster: ends the streams that asked not to be
 * left without a leader, counts changes of leader, and remembers what is too dear to ask per call.
 * The watching runs on one of the event loops.
 */
public final class Leadership implements AutoCloseable {
  private static final int CHECKS_PER_ELECTION_TIMEOUT = 4;
  private static final int ELECTION_TIMEOUTS_WITHOUT_LEADER = 3;

  private final KvStore store;
  private final int electionTimeoutMillis;
  private final OpenStreams streams;
  private final ScheduledFuture<?> checks;
  private volatile boolean learner;
  private volatile long changes;
  private long lastLeader;

  Leadership(KvStore store, int electionTimeoutMillis, OpenStreams streams, EventLoop loop) {
    this.store = store;
    this.streams = streams;
    this.electionTimeoutMillis = electionTimeoutMillis;
    StoreStatus status = store.status();
    learner = status.learner();
    lastLeader = status.leaderId();
    changes = lastLeader == 0 ? 0 : 1;
    int periodMillis = Math.max(1, electionTimeoutMillis / CHECKS_PER_ELECTION_TIMEOUT);
    checks =
        loop.scheduleWithFixedDelay(this::check, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
  }

  /** Whether this member does not vote. */
  boolean isLearner() {
    return learner;
  }

  /** How often another leader than before was seen, the first one included. */
  public long changes() {
    return changes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one event loop only
  private void check() {
    StoreStatus status = store.status();
    learner = status.learner();
    if (status.leaderId() != 0 && status.leaderId() != lastLeader) {
      lastLeader = status.leaderId();
      changes++;
    }
    if (store.leaderlessMillis()
        >= (long) ELECTION_TIMEOUTS_WITHOUT_LEADER * electionTimeoutMillis) {
      streams.endThoseThatRequireALeader();
    }
  }

  @Override
  public void close() {
    checks.cancel(false);
  }
}
