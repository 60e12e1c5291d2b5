package dev.kvorum.store.raft;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreMaintenance;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member does by itself from time to time: compaction of history, and comparing with the other members. */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private static final long HASH_TIMEOUT_MILLIS = 600_000;

  /** Runs something again and again. */
  interface Timer {
    void every(long millis, Runnable task);
  }

  private final MaintenanceConfig config;
  private final CorruptionCheck check;
  private final BooleanSupplier leading;
  private final LongSupplier compactRevision;
  private final Optional<AutoCompactor> compactor;
  private final AtomicBoolean checking = new AtomicBoolean();
  private volatile long checkedCompactRevision;

  /**
   * Creates it.
   *
   * @param others the other members, as of now
   * @param leading whether this member leads
   * @param compact proposes a compaction
   */
  Upkeep(
      MaintenanceConfig config,
      long selfId,
      Supplier<Collection<Long>> others,
      StoreMaintenance maintenance,
      PeerClient peers,
      BooleanSupplier leading,
      LongSupplier revision,
      LongSupplier compactRevision,
      LongFunction<CompletableFuture<Long>> compact) {
    this.config = config;
    this.leading = leading;
    this.compactRevision = compactRevision;
    this.check = new CorruptionCheck(
        selfId,
        others,
        upTo -> maintenance.hash(upTo, CallContext.inline()),
        (member, upTo) -> peers
            .call(member, PeerMethod.HASH, PeerWire.number(upTo), HASH_TIMEOUT_MILLIS)
            .thenApply(Upkeep::decode),
        (Alarm alarm) -> maintenance.raise(alarm, CallContext.inline()));
    this.compactor =
        AutoCompactor.of(config.autoCompaction(), System::nanoTime, revision, leading, compact);
  }

  /** Answers {@link PeerMethod#HASH}. */
  static PeerService.Handler handler(Supplier<StoreMaintenance> maintenance) {
    return (caller, request) -> maintenance
        .get()
        .hash(PeerWire.number(request), CallContext.inline())
        .thenApply(Upkeep::encode);
  }

  private static byte[] encode(HistoryHash hash) {
    return PeerWire.write(out -> {
      out.writeInt(hash.hash());
      out.writeLong(hash.hashRevision());
      out.writeLong(hash.compactRevision());
      out.writeLong(hash.revision());
    });
  }

  private static HistoryHash decode(byte[] answer) {
    return PeerWire.read(
        answer, in -> new HistoryHash(in.readInt(), in.readLong(), in.readLong(), in.readLong()));
  }

  void start(Timer timer) {
    compactor.ifPresent(each -> timer.every(each.interval().toMillis(), each::step));
    if (!config.corruptionCheckInterval().isZero()) {
      timer.every(config.corruptionCheckInterval().toMillis(), () -> checkIfLeading(0));
    }
    if (!config.compactionCheckInterval().isZero()) {
      timer.every(config.compactionCheckInterval().toMillis(), this::checkCompaction);
    }
  }

  private void checkCompaction() {
    long compacted = compactRevision.getAsLong();
    if (compacted > 0 && compacted != checkedCompactRevision) {
      checkIfLeading(compacted);
    }
  }

  /** One check at a time: a long one makes the next one wait for its turn. */
  private void checkIfLeading(long revision) {
    if (!leading.getAsBoolean() || !checking.compareAndSet(false, true)) {
      return;
    }
    Futures.onDone(check.checkAndRaise(revision), (verdict, failure) -> {
      checking.set(false);
      if (failure != null) {
        LOG.warn("members could not be compared", failure);
      } else if (revision > 0) {
        checkedCompactRevision = revision;
      }
    });
  }

  /**
   * Compares with the other members before this one takes part, if that is wanted. Those that do not answer, or are not
   * as far, do not count.
   *
   * @throws UnusableDataException if they disagree
   */
  void beforeTakingPart(Duration patience) throws IOException, InterruptedException {
    if (!config.initialCorruptionCheck()) {
      return;
    }
    CorruptionCheck.Verdict verdict;
    try {
      verdict = check.compare(0).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("members could not be compared before taking part", e);
      return;
    }
    if (!verdict.suspects().isEmpty()) {
      throw new UnusableDataException(
          "this member's data and that of other members disagree, see above: it does not take part."
              + " Remove it from the cluster and add it again with an empty directory");
    }
  }
}
