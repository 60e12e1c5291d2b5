package dev.kvorum.grpc.oracle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two fresh servers in lock-step. Confined to one thread.
 *
 * <p>Invariant: both servers got exactly the same calls in the same order since they were started. Sequences can
 * therefore follow each other on one pair; each begins by deleting all keys and leases. After a difference the pair is
 * of no more use.
 */
final class Duel implements AutoCloseable {
  static final int CLIENTS = 3;
  private static final int TRACE = 12;

  /** The shortest lease lives two seconds; a sequence about it must be over well before. */
  private static final long HURRY_MILLIS = 1200;

  private final KnownDifferences known;
  private final Party oracle;
  private final Party subject;
  private final Deque<String> trace = new ArrayDeque<>();
  private final Keeper keeper = new Keeper(this);
  private final Grounds grounds = new Grounds(this, keeper);
  private final MemberDuel members = new MemberDuel(this, keeper);
  private final GrantDuel grants = new GrantDuel(this, keeper);
  private final EmptyRanges emptyRanges = new EmptyRanges(this);
  private final RecipeDuel recipes = new RecipeDuel(this, keeper);
  private WatchDuel watches = new WatchDuel(this);
  private long revision = 1;
  private long compactRevision = -1;
  private int historyCompared;
  private long calls;

  private Duel(Party oracle, Party subject, KnownDifferences known) {
    this.oracle = oracle;
    this.subject = subject;
    this.known = known;
  }

  /**
   * Starts both servers.
   *
   * @param onSubject sits between the client and the server under test
   */
  static Duel start(
      Subject.Factory oracle,
      Subject.Factory subject,
      KnownDifferences known,
      List<ClientInterceptor> onSubject)
      throws Exception {
    try (Both both = new Both()) {
      Future<Subject> other = both.start(subject::start);
      Subject first = oracle.start();
      try {
        return new Duel(
            new Party("the oracle", first, List.of()),
            new Party("the subject", other.get(), onSubject),
            known);
      } catch (Exception failure) {
        first.close();
        throw failure;
      }
    }
  }

  /** Does something slow for one server while this thread does the same for the other. */
  private static final class Both implements AutoCloseable {
    private final ExecutorService other = Executors.newSingleThreadExecutor();

    <T extends @Nullable Object> Future<T> start(Callable<T> task) {
      return other.submit(task);
    }

    @Override
    public void close() {
      other.shutdown();
    }
  }

  /** A sequence that ended in a difference. */
  record Failure(int index, Step step, Difference difference, List<String> trace) {}

  /** The difference, and at which step. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Failure failure;

    Failed(Failure failure) {
      super(failure.difference);
      this.failure = failure;
    }

    Failure failure() {
      return failure;
    }
  }

  /**
   * Runs a sequence on what the earlier ones left, after deleting all keys and leases.
   *
   * @throws Failed if the servers differ
   * @throws Inconclusive if a step was too slow to say
   */
  void run(List<Step> steps) {
    trace.clear();
    watches = new WatchDuel(this);
    int index = -1;
    Step step = new Step.Checkpoint();
    try {
      grounds.clear();
      for (index = 0; index < steps.size(); index++) {
        step = steps.get(index);
        perform(step);
      }
      step = new Step.Checkpoint();
      awaitHistories();
      watches.finish();
    } catch (Difference difference) {
      note(oracle.lastWords(), subject.lastWords());
      throw new Failed(new Failure(index, step, difference, List.copyOf(trace)));
    } finally {
      watches.close();
    }
  }

  /** How many calls went to each server since this was last asked. */
  long takeCalls() {
    long taken = calls;
    calls = 0;
    return taken;
  }

  long revision() {
    return revision;
  }

  long compactRevision() {
    return compactRevision;
  }

  Party oracle() {
    return oracle;
  }

  Party subject() {
    return subject;
  }

  EmptyRanges emptyRanges() {
    return emptyRanges;
  }

  KnownDifferences known() {
    return known;
  }

  @Override
  public void close() {
    oracle.close();
    subject.close();
  }

  /**
   * Restarts both servers on their data, and compares what they then know.
   *
   * @throws Failed if the servers differ, or the subject forgot something
   * @throws OracleAstray if it is the oracle that has another past now
   */
  void restart() throws Exception {
    trace.clear();
    try {
      awaitHistories();
      grounds.clearAlarms(); // neither is healthy with one, and both are waited for
      try (Both both = new Both()) {
        Callable<@Nullable Void> restart = () -> {
          subject.restart();
          return null;
        };
        Future<@Nullable Void> other = both.start(restart);
        oracle.restart();
        other.get();
      }
      keeper.login();
      resumeOracle();
      subject.resume(compactRevision, keeper.who());
      members.checkOracle();
      grounds.lookAround();
    } catch (Difference difference) {
      note(oracle.lastWords(), subject.lastWords());
      throw new Failed(new Failure(-1, new Step.Checkpoint(), difference, List.copyOf(trace)));
    }
  }

  private void resumeOracle() {
    try {
      oracle.resume(compactRevision, keeper.who());
    } catch (Difference astray) {
      if (!astray.kind().equals(History.AFTER_RESTART)) {
        throw astray;
      }
      known.note(KnownDifferences.Entry.OTHER_PAST_AFTER_KILL);
      throw new OracleAstray(astray);
    }
  }

  /** Waits until both histories reach the current revision, and compares what is new. */
  void awaitHistories() {
    oracle.history().awaitRevision(revision);
    subject.history().awaitRevision(revision);
    List<Event> ours = oracle.history().events();
    List<Event> theirs = subject.history().events();
    for (; historyCompared < Math.min(ours.size(), theirs.size()); historyCompared++) {
      Message event = oracle.normalize(ours.get(historyCompared));
      Message other = subject.normalize(theirs.get(historyCompared));
      if (!event.equals(other)) {
        throw new Difference(
            "history event", "event of the watcher on all keys", Text.of(event), Text.of(other));
      }
    }
    if (ours.size() != theirs.size()) {
      throw new Difference(
          "history events",
          "number of events up to revision " + revision,
          ours.size(),
          theirs.size());
    }
  }

  private void perform(Step step) {
    switch (step) {
      case Step.Unary unary -> unary(unary.from(), unary.method(), unary.request());
      case Step.KeepAlive keepAlive -> keepAlive(keepAlive.from(), keepAlive.request());
      case Step.Turn turn -> recipes.turn(turn);
      case Step.Lead lead -> recipes.lead(lead);
      case Step.Clear clear -> grounds.clear();
      case Step.Hurried hurried -> hurried(() -> hurried.steps().forEach(this::perform));
      case Step.Expiry expiry -> expire(expiry);
      case Step.WatchCreate create -> {
        WatchCreateRequest request = (WatchCreateRequest)
            Symbols.resolve(create.request(), revision, compactRevision, oracle.symbols());
        note(create.from() + " watch " + Text.of(request), create.handle());
        watches.create(create.from(), create.handle(), request);
      }
      case Step.WatchCancel cancel -> {
        note(step, "");
        watches.cancel(cancel.handle(), cancel.settleFirst());
      }
      case Step.WatchCancelUnknown cancel -> watches.cancelUnknown(cancel.from(), cancel.id());
      case Step.WatchProgress progress -> watches.requestProgress(progress.from());
      case Step.WatchNothing nothing -> watches.sendNothing(nothing.from());
      case Step.Checkpoint checkpoint -> {
        awaitHistories();
        watches.settle();
      }
    }
  }

  /** Makes a call on both servers and compares; returns the normalized answer of the oracle. */
  Answer unary(From from, MethodDescriptor<?, ?> method, Message request) {
    if (Keeper.mayRevoke(request)) {
      awaitHistories();
      watches.cancelAll();
    }
    keeper.before(request);
    Message ours = Symbols.resolve(request, revision, compactRevision, oracle.symbols());
    Message theirs = Symbols.resolve(request, revision, compactRevision, subject.symbols());
    if (ours instanceof CompactionRequest compaction
        && compaction.getRevision() > compactRevision
        && compaction.getRevision() <= revision) {
      awaitHistories();
      watches.settle();
      watches.prepareForCompaction(compaction.getRevision());
    }
    Answer answer = compare(
        from,
        method,
        ours,
        oracle.call(from, method, ours),
        subject.call(from, method, theirs),
        request);
    if (answer instanceof Answer.Reply && ours instanceof CompactionRequest compaction) {
      compactRevision = compaction.getRevision();
    }
    keeper.after(answer);
    members.after(request, answer);
    if (answer instanceof Answer.Reply
        && request instanceof AuthRoleGrantPermissionRequest granted) {
      grants.after(granted);
    }
    return answer;
  }

  private void keepAlive(From from, LeaseKeepAliveRequest request) {
    Message ours = Symbols.resolve(request, revision, compactRevision, oracle.symbols());
    Message theirs = Symbols.resolve(request, revision, compactRevision, subject.symbols());
    compare(
        from,
        LeaseGrpc.getLeaseKeepAliveMethod(),
        ours,
        oracle.keepAlive(from, (LeaseKeepAliveRequest) ours),
        subject.keepAlive(from, (LeaseKeepAliveRequest) theirs),
        request);
  }

  /** Awaits and compares two answers; returns the normalized one of the oracle. */
  Answer compare(
      From from,
      MethodDescriptor<?, ?> call,
      Message sent,
      CompletableFuture<Answer> first,
      CompletableFuture<Answer> second,
      Message symbolic) {
    calls++;
    Answer ours = await(first);
    Answer theirs = await(second);
    String method = String.valueOf(call.getBareMethodName());
    if (ours.plain() instanceof Answer.Reply reply
        && theirs.plain() instanceof Answer.Reply otherReply) {
      Bindings.bind(symbolic, reply.message(), oracle.symbols());
      Bindings.bind(symbolic, otherReply.message(), subject.symbols());
    }
    Answer normalized = oracle.normalize(ours);
    Answer others = subject.normalize(theirs);
    note(from + " " + method + " " + Text.of(sent), normalized);
    if (!normalized.equals(others)) {
      if (!known.explains(sent, normalized, others)
          && !emptyRanges.explain(from, sent, normalized, others)) {
        throw new Difference(
            method + " " + AnswerDiff.kind(normalized, others),
            from + " " + method + " " + Text.of(sent),
            normalized,
            others);
      }
    } else if (ours instanceof Answer.Json json
        && theirs instanceof Answer.Json other
        && !(json.status() == other.status() && json.contentType().equals(other.contentType()))) {
      throw new Difference(
          "gateway: status or type", from + " " + method + " " + Text.of(sent), ours, theirs);
    }
    revision = Math.max(revision, headerRevision(normalized));
    return normalized;
  }

  private void hurried(Runnable steps) {
    long began = System.nanoTime();
    try {
      steps.run();
    } catch (Difference difference) {
      checkHurried(began);
      throw difference;
    }
    checkHurried(began);
  }

  private static void checkHurried(long began) {
    long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (tookMillis > HURRY_MILLIS) {
      throw new Inconclusive("short lease: took " + tookMillis + " ms");
    }
  }

  private void expire(Step.Expiry expiry) {
    From from = new From(expiry.from().client(), keeper.who(), false);
    hurried(() -> {
      LeaseGrantRequest grant =
          LeaseGrantRequest.newBuilder().setID(expiry.id()).setTTL(1).build();
      unary(from, LeaseGrpc.getLeaseGrantMethod(), grant);
      for (Message put : expiry.puts()) {
        unary(from, KVGrpc.getPutMethod(), put);
      }
    });
    revision++;
    awaitHistories();
    LeaseTimeToLiveRequest ask =
        LeaseTimeToLiveRequest.newBuilder().setID(expiry.id()).setKeys(true).build();
    unary(from, LeaseGrpc.getLeaseTimeToLiveMethod(), ask);
  }

  private void note(Object call, Object answer) {
    if (trace.size() == TRACE) {
      trace.removeFirst();
    }
    trace.addLast(call + "\n      -> " + answer);
  }

  private static Answer await(CompletableFuture<Answer> future) {
    try {
      return future.get(Endpoint.CALL_BOUND_SECONDS * 2, TimeUnit.SECONDS);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    } catch (java.util.concurrent.TimeoutException late) {
      return new Answer.Failure(io.grpc.Status.Code.DEADLINE_EXCEEDED, "no answer at all");
    } catch (java.util.concurrent.ExecutionException impossible) {
      throw new IllegalStateException("calls complete normally", impossible);
    }
  }

  private static long headerRevision(Answer answer) {
    if (answer instanceof Answer.Reply reply) {
      Message message = reply.message();
      FieldDescriptor header = message.getDescriptorForType().findFieldByName("header");
      if (header != null && message.getField(header) instanceof ResponseHeader found) {
        return found.getRevision();
      }
    }
    return 0;
  }
}
