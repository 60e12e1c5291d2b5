package dev.kvorum.store.raft;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Event;
import dev.kvorum.store.StoreException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the space that this member may use, and raises the alarm when it is used up. What the alarm forbids is
 * decided where commands are applied; here only what would go over the quota is turned away.
 *
 * <p>What counts is what is stored without garbage: the files of a log-structured engine shrink long after their content
 * was deleted, and an operator who has deleted, compacted and disarmed must be able to go on at once. Garbage is
 * collected by {@link Reclaimer}.
 *
 * <p>The size is measured a few times a second; in between, what was let through is added to it. Thread-safe.
 */
final class SpaceQuota {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceQuota.class);

  /** While requests are refused, the size is measured no more often than this. */
  private static final long FRESH_NANOS = 1_000_000;

  private final long quotaBytes;
  private final Alarm alarm;
  private final LongSupplier size;
  private final Supplier<List<Alarm>> alarms;
  private final Function<Alarm, CompletableFuture<?>> raise;
  private final AtomicLong admitted = new AtomicLong();
  private final AtomicBoolean putsApplied = new AtomicBoolean();
  private final AtomicBoolean alarmSeen = new AtomicBoolean();
  private final AtomicReference<@Nullable CompletableFuture<?>> raising = new AtomicReference<>();
  private volatile long measured;
  private volatile long measuredNanos = System.nanoTime() - FRESH_NANOS;

  /**
   * Creates it.
   *
   * @param quotaBytes negative for no bound
   * @param size measures what is stored here now
   * @param alarms the alarms that are on, as known here
   * @param raise raises an alarm for all members
   */
  SpaceQuota(
      long quotaBytes,
      long memberId,
      LongSupplier size,
      Supplier<List<Alarm>> alarms,
      Function<Alarm, CompletableFuture<?>> raise) {
    this.quotaBytes = quotaBytes;
    this.alarm = new Alarm(memberId, Alarm.Type.NO_SPACE);
    this.size = size;
    this.alarms = alarms;
    this.raise = raise;
  }

  /** Whether a request of this {@link SpaceCost} fits; it is counted then. */
  boolean admit(long cost) {
    if (quotaBytes < 0 || cost == 0) {
      return true;
    }
    if (!fits(cost) && !(alarmSeen() && fitsNow(cost))) {
      return false;
    }
    admitted.addAndGet(cost);
    return true;
  }

  /**
   * Whether the alarm is on, or was when this was last asked. Then what was measured may be from before space was freed,
   * and whoever was told that the alarm is off must not be refused by a member that did not look again.
   */
  private boolean alarmSeen() {
    if (alarms.get().contains(alarm)) {
      alarmSeen.set(true);
      return true;
    }
    return alarmSeen.getAndSet(false);
  }

  private boolean fitsNow(long cost) {
    if (System.nanoTime() - measuredNanos >= FRESH_NANOS) {
      measure();
    }
    return fits(cost);
  }

  private boolean fits(long cost) {
    return measured + admitted.get() + cost < quotaBytes;
  }

  /** Refuses a request that did not fit, once the alarm is on or cannot be raised. */
  <R> CompletableFuture<R> refuse(CallContext context) {
    CompletableFuture<R> refused = new CompletableFuture<>();
    Runnable answer = () -> Completions.runOn(
        context.executor(),
        () -> refused.completeExceptionally(StoreException.of(StoreException.Kind.NO_SPACE)));
    CompletableFuture<?> raised = raiseUnlessOn();
    if (raised == null) {
      answer.run();
    } else {
      Futures.onDone(raised, (done, failure) -> answer.run());
    }
    return refused;
  }

  /** Notes what an entry changed, whoever proposed it. */
  void applied(List<Event> events) {
    if (quotaBytes >= 0
        && !putsApplied.get()
        && events.stream().anyMatch(event -> !event.isDelete())) {
      putsApplied.set(true);
    }
  }

  /** Measures; raises the alarm if others have filled this member. To be called a few times a second. */
  synchronized void measure() {
    if (quotaBytes < 0) {
      return;
    }
    long counted = admitted.get();
    try {
      measured = size.getAsLong();
      measuredNanos = System.nanoTime();
    } catch (IllegalStateException e) {
      LOG.debug("not measured: the state was replaced or closed meanwhile", e);
      return;
    }
    admitted.addAndGet(-counted);
    if (alarms.get().contains(alarm)) {
      alarmSeen.set(true);
    }
    if (putsApplied.getAndSet(false) && measured >= quotaBytes) {
      var unused = raiseUnlessOn();
    }
  }

  /** Null if the alarm is on; else completes when raising it has succeeded or failed. */
  private @Nullable CompletableFuture<?> raiseUnlessOn() {
    CompletableFuture<?> underWay = raising.get();
    if (underWay != null) {
      return underWay;
    }
    if (alarms.get().contains(alarm)) {
      return null;
    }
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    if (!raising.compareAndSet(null, mine)) {
      return raiseUnlessOn();
    }
    LOG.warn("the space quota of {} bytes is used up: {} bytes stored", quotaBytes, measured);
    Futures.onDone(raise.apply(alarm), (raised, failure) -> {
      raising.set(null);
      if (failure != null) {
        LOG.warn("the alarm that space is used up could not be raised", failure);
      }
      mine.complete(failure == null);
    });
    return mine;
  }
}
