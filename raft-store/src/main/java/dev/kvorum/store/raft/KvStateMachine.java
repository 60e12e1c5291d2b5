package dev.kvorum.store.raft;

import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.apply.LogPosition;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Where Ratis hands over what is committed.
 *
 * <p>Entries are applied one after the other on Ratis' updater thread, and the future that Ratis gets is always complete:
 * an entry that fails leaves memory and disk in doubt, and Ratis would only log that and go on. So anything thrown ends
 * the member. Results do not travel through Ratis either, which would keep them in its retry cache on every member.
 *
 * <p>"Snapshot" means to Ratis what the state has on disk: the log is cut below it and replayed above it. Reporting it too
 * high loses data, too low only costs replay.
 *
 * <p>Callbacks come on Ratis' threads, some with its locks held: they only hand over.
 */
final class KvStateMachine extends BaseStateMachine {
  /** What the rest of the member does about what happens here. */
  interface Listener {
    /** Opens the state when the member starts. */
    void opening() throws IOException;

    /** The state as it is now. */
    LocalState state();

    /** An entry was applied; on the apply thread. */
    void applied(List<CommandBatch> batches, AppliedEntry entry, int encodedBytes, long nanos);

    /** An entry of Raft's own was passed; on the apply thread. */
    void passed(long term, long index);

    /** What a snapshot offer may report: the last position on disk. */
    LogPosition persisted();

    /** As {@link #persisted}; −1 if the log must not be cut now or nothing is new. On the apply thread. */
    long offerSnapshot();

    /** Brings a snapshot here; see {@link SnapshotInstaller}. */
    CompletableFuture<@Nullable TermIndex> installSnapshot(long leader, long firstIndexInLog);

    /** Replaces the state by the snapshot that was brought here; on the apply thread. */
    void adoptSnapshot() throws IOException;

    void leaderChanged(long leader);

    /** This member leads and has applied an entry of its own term; on the apply thread. */
    void leaderReady();

    void notLeader();

    /** Ratis closes the state machine. */
    void closed();

    void fatal(String what, Throwable cause);
  }

  private static final CompletableFuture<Message> DONE =
      CompletableFuture.completedFuture(Message.EMPTY);

  private final Listener listener;

  KvStateMachine(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void initialize(RaftServer raftServer, RaftGroupId raftGroupId, RaftStorage storage)
      throws IOException {
    super.initialize(raftServer, raftGroupId, storage);
    getLifeCycle().startAndTransition(() -> {
      listener.opening();
      takePosition();
    });
  }

  private void takePosition() {
    LocalState state = listener.state();
    setLastAppliedTermIndex(
        TermIndex.valueOf(state.applier().appliedTerm(), state.applier().appliedIndex()));
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    TransactionContext.Builder context =
        TransactionContext.newBuilder().setClientRequest(request).setStateMachine(this);
    if (request.getMessage() instanceof EntryMessage message) {
      context.setStateMachineContext(message);
    }
    return context.build();
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    try {
      long start = System.nanoTime();
      ByteString data = entry.getStateMachineLogEntry().getLogData();
      List<CommandBatch> batches = transaction.getStateMachineContext() instanceof EntryMessage own
          ? own.batches()
          : CommandCodec.decode(data.asReadOnlyByteBuffer());
      AppliedEntry applied =
          listener.state().applier().apply(entry.getTerm(), entry.getIndex(), batches);
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      listener.applied(batches, applied, data.size(), System.nanoTime() - start);
    } catch (Throwable e) {
      listener.fatal("log entry " + entry.getIndex() + " could not be applied", e);
      throw e;
    }
    return DONE;
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    try {
      listener.state().applier().noteIndex(term, index);
      super.notifyTermIndexUpdated(term, index);
      listener.passed(term, index);
    } catch (Throwable e) {
      listener.fatal("log entry " + index + " could not be noted", e);
      throw e;
    }
  }

  @Override
  public long takeSnapshot() {
    return listener.offerSnapshot();
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    if (!getLifeCycleState().isRunning() && getLifeCycleState() != LifeCycle.State.PAUSED) {
      return null;
    }
    LogPosition position = listener.persisted();
    return position.index() < 0
        ? null
        : new FileListSnapshotInfo(List.of(), position.term(), position.index());
  }

  /** Nothing yet: an entry may be in the middle of being applied. The updater thread calls {@link #reinitialize} next. */
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    try {
      listener.adoptSnapshot();
      takePosition();
    } catch (Throwable e) {
      listener.fatal("a snapshot could not be adopted", e);
      throw e;
    }
    getLifeCycle().transition(LifeCycle.State.STARTING);
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  @Override
  public void close() {
    getLifeCycle().checkStateAndClose(listener::closed);
  }

  @Override
  @SuppressWarnings("NullAway") // Ratis takes null for "none to be had"
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex firstInLog) {
    long leader = MemberIds.memberId(
        RaftPeerId.valueOf(role.getFollowerInfo().getLeaderInfo().getId().getId()));
    return listener.installSnapshot(leader, firstInLog.getIndex());
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
    listener.leaderChanged(MemberIds.memberId(newLeader));
  }

  @Override
  public void notifyLeaderReady() {
    listener.leaderReady();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    listener.notLeader();
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
    listener.fatal(
        "the Raft log cannot be written"
            + (failedEntry == null ? "" : " (entry " + failedEntry.getIndex() + ")"),
        cause);
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
    listener.closed();
  }

  static long none() {
    return RaftLog.INVALID_LOG_INDEX;
  }
}
