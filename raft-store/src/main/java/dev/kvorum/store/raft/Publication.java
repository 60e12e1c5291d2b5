package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.Member;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.PublishedMember;
import dev.kvorum.store.command.Command.MembershipChange.IntroduceMember;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the cluster this member's name, disk and where its clients reach it, once per start.
 *
 * <p>Until that is applied for the first time the cluster lists the member without a name and counts it as one that has
 * not started, which refuses some changes of the membership; see {@link ReconfigurationGuard}.
 */
final class Publication {
  private final IntroduceMember introduction;
  private final Proposer proposer;
  private final BooleanSupplier possible;
  private final Supplier<@Nullable PublishedMember> known;
  private final Consumer<StoreException> refused;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();

  /**
   * @param introduction what to tell
   * @param possible whether there is a leader, and this member is one of the cluster's
   * @param known what the cluster knows of this member now; null if nothing
   * @param refused told when the cluster knows this member with another disk
   */
  Publication(
      IntroduceMember introduction,
      Proposer proposer,
      BooleanSupplier possible,
      Supplier<@Nullable PublishedMember> known,
      Consumer<StoreException> refused) {
    this.introduction = introduction;
    this.proposer = proposer;
    this.possible = possible;
    this.known = known;
    this.refused = refused;
  }

  /** Proposes it unless that is done or under way; to be called again and again. */
  void tick() {
    if (done.isDone() || !possible.getAsBoolean() || !underWay.compareAndSet(false, true)) {
      return;
    }
    Futures.onDone(proposer.submit(introduction, CallContext.inline()), (revision, failure) -> {
      if (failure == null) {
        done.complete(true);
      }
      underWay.set(false);
      if (failure instanceof StoreException refusal
          && refusal.kind() == StoreException.Kind.MEMBER_EXISTS) {
        refused.accept(refusal);
      }
    });
  }

  /**
   * Waits until the cluster knows this member by its name.
   *
   * @return whether it does; false if {@code patience} has ended first
   */
  boolean await(Duration patience) throws InterruptedException {
    PublishedMember before = known.get();
    if (before != null && isMe(before.member())) {
      return true; // since an earlier start
    }
    try {
      return done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // never completed that way
    }
  }

  private boolean isMe(Member member) {
    return member.name().equals(introduction.member().name());
  }
}
