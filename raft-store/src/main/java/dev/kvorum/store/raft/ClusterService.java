package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.ClusterAdmin;
import dev.kvorum.store.Member;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.Command.MembershipChange.AddMember;
import dev.kvorum.store.command.Command.MembershipChange.PromoteMember;
import dev.kvorum.store.command.Command.MembershipChange.RemoveMember;
import dev.kvorum.store.command.Command.MembershipChange.UpdateMember;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the membership, asked for through this member.
 *
 * <p>First the leader is asked whether the change is safe now ({@link ReconfigurationGuard}); asking twice does no harm.
 * Then the change goes into the log the way every change does, from this member, and so is applied once. Last, a change of
 * who votes is answered only when Raft's configuration has it: what was removed may be destroyed, what was promoted counts.
 * Nothing blocks.
 */
final class ClusterService implements ClusterAdmin {
  private static final long RETRY_MILLIS = 50;
  private static final long SETTLE_CHECK_MILLIS = 20;

  private final RaftConfig config;
  private final RatisDivision raft;
  private final PeerClient peers;
  private final Proposer proposer;
  private final ReconfigurationGuard guard;
  private final Departure departure;
  private final Supplier<ClusterView> table;
  private final Supplier<List<Member>> members;
  private final ScheduledExecutorService timer;
  private final Clock clock;

  ClusterService(
      RaftConfig config,
      RatisDivision raft,
      PeerClient peers,
      Proposer proposer,
      ReconfigurationGuard guard,
      Departure departure,
      Supplier<ClusterView> table,
      Supplier<List<Member>> members,
      ScheduledExecutorService timer,
      Clock clock) {
    this.config = config;
    this.raft = raft;
    this.peers = peers;
    this.proposer = proposer;
    this.guard = guard;
    this.departure = departure;
    this.table = table;
    this.members = members;
    this.timer = timer;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Added> add(List<String> peerUrls, boolean learner, CallContext context) {
    List<String> urls;
    try {
      urls = PeerUrls.checked(peerUrls);
    } catch (StoreException invalid) {
      return CompletableFuture.failedFuture(invalid);
    }
    long id = MemberIds.addedMemberId(urls, clock.instant().getEpochSecond());
    Member member = new Member(id, "", urls, List.of(), learner);
    return change(
        context,
        new ReconfigurationGuard.Question(ReconfigurationGuard.Subject.ADD, learner ? 1 : 0),
        new AddMember(member, config.maxLearners(), config.strictReconfigCheck()),
        () -> true,
        all -> new Added(member, all));
  }

  @Override
  public CompletableFuture<List<Member>> remove(long id, CallContext context) {
    return change(
        context,
        new ReconfigurationGuard.Question(ReconfigurationGuard.Subject.REMOVE, id),
        new RemoveMember(id, config.strictReconfigCheck()),
        () -> id == raft.selfId()
            ? departure.isDue()
            : isSettled(!raft.configuration().contains(id)),
        Function.identity());
  }

  @Override
  public CompletableFuture<List<Member>> update(
      long id, List<String> peerUrls, CallContext context) {
    List<String> urls;
    try {
      urls = PeerUrls.checked(peerUrls);
    } catch (StoreException invalid) {
      return CompletableFuture.failedFuture(invalid);
    }
    return change(context, null, new UpdateMember(id, urls), () -> true, Function.identity());
  }

  @Override
  public CompletableFuture<List<Member>> promote(long id, CallContext context) {
    return change(
        context,
        new ReconfigurationGuard.Question(ReconfigurationGuard.Subject.PROMOTE, id),
        new PromoteMember(id, config.strictReconfigCheck()),
        () -> isSettled(raft.configuration().voters().containsKey(id)),
        Function.identity());
  }

  @Override
  public CompletableFuture<Void> moveLeader(long id, CallContext context) {
    if (raft.leaderId() != raft.selfId()) {
      return CompletableFuture.failedFuture(StoreException.of(Kind.NOT_LEADER));
    }
    ClusterMember target = table.get().members().get(id);
    if (target == null || target.learner()) {
      return CompletableFuture.failedFuture(StoreException.of(Kind.BAD_LEADER_TRANSFEREE));
    }
    Call<Void> call = new Call<>(context);
    tryToMove(id, call);
    return call.future;
  }

  private void tryToMove(long id, Call<Void> call) {
    long leader = raft.leaderId();
    if (leader == id) {
      call.answer(() -> null);
    } else if (call.isOver()) {
      call.fail(Kind.LEADER_TRANSFER_TIMEOUT);
    } else if (leader == raft.selfId()
        && !raft.heardWithin(config.electionTimeout().toMillis()).contains(id)) {
      // Ratis would ask it once, in vain, and refuse changes for the rest of the attempt.
      call.later(RETRY_MILLIS, () -> tryToMove(id, call));
    } else if (leader == raft.selfId()) {
      Futures.onDone(
          raft.transferLeadership(id, config.electionTimeout().toMillis()),
          (done, failure) ->
              call.later(failure == null ? 0 : RETRY_MILLIS, () -> tryToMove(id, call)));
    } else {
      call.later(SETTLE_CHECK_MILLIS, () -> tryToMove(id, call));
    }
  }

  private boolean isSettled(boolean done) {
    return done && raft.configuration().settled();
  }

  private <T> CompletableFuture<T> change(
      CallContext context,
      ReconfigurationGuard.@Nullable Question question,
      Command<Long> command,
      BooleanSupplier settled,
      Function<List<Member>, T> result) {
    Call<T> call = new Call<>(context);
    Runnable propose = () -> Futures.onDone(
        proposer.submit(
            command, new CallContext(Runnable::run, context.deadlineNanos(), context.caller())),
        (revision, failure) -> {
          if (failure == null) {
            awaitSettled(call, settled, result);
          } else {
            call.fail(LeaseService.failureOf(failure));
          }
        });
    if (question == null) {
      propose.run();
    } else {
      ask(question, call, propose);
    }
    return call.future;
  }

  /** Asks the leader until it answers or time is up. */
  private void ask(ReconfigurationGuard.Question question, Call<?> call, Runnable then) {
    long leader = raft.leaderId();
    CompletableFuture<byte[]> answer;
    if (leader == 0) {
      answer = CompletableFuture.failedFuture(StoreException.of(Kind.NOT_LEADER));
    } else if (leader == raft.selfId()) {
      answer = guard.answer(question);
    } else {
      answer = peers.call(
          leader,
          PeerMethod.MAY_RECONFIGURE,
          question.encode(),
          config.electionTimeout().toMillis());
    }
    Futures.onDone(answer, (yes, failure) -> {
      if (failure == null) {
        then.run();
      } else if (failure instanceof StoreException refused && isFinal(refused.kind())) {
        call.fail(refused);
      } else if (call.isOver()) {
        call.fail(Kind.TIMEOUT);
      } else {
        call.later(RETRY_MILLIS, () -> ask(question, call, then));
      }
    });
  }

  private static boolean isFinal(Kind kind) {
    return switch (kind) {
      case MEMBER_NOT_FOUND,
          LEARNER_NOT_READY,
          NOT_ENOUGH_STARTED_MEMBERS,
          UNHEALTHY_CLUSTER,
          STOPPED -> true;
      default -> false;
    };
  }

  private <T> void awaitSettled(
      Call<T> call, BooleanSupplier settled, Function<List<Member>, T> result) {
    if (settled.getAsBoolean()) {
      call.answer(() -> result.apply(members.get()));
    } else if (call.isOver()) {
      call.fail(Kind.TIMEOUT);
    } else {
      call.later(SETTLE_CHECK_MILLIS, () -> awaitSettled(call, settled, result));
    }
  }

  /** One call of a client, from its begin to its answer. */
  private final class Call<T> {
    private final CallContext context;
    private final long endNanos = System.nanoTime() + config.requestTimeout().toNanos();
    private final CompletableFuture<T> future = new CompletableFuture<>();

    Call(CallContext context) {
      this.context = context;
    }

    boolean isOver() {
      long now = System.nanoTime();
      return now - endNanos > 0
          || (context.deadlineNanos() != Long.MAX_VALUE && now - context.deadlineNanos() > 0);
    }

    void answer(Supplier<@Nullable T> result) {
      Completions.runOn(context.executor(), () -> {
        try {
          future.complete(result.get());
        } catch (RuntimeException e) {
          future.completeExceptionally(e);
        }
      });
    }

    void fail(Kind kind) {
      fail(StoreException.of(kind));
    }

    void fail(StoreException failure) {
      Completions.runOn(context.executor(), () -> future.completeExceptionally(failure));
    }

    void later(long millis, Runnable step) {
      try {
        var unused = timer.schedule(step, millis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        fail(Kind.STOPPED);
      }
    }
  }
}
