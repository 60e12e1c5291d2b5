package dev.kvorum.store.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Ratis over gRPC, except that followers learn at once how far the log is committed, and never too much.
 *
 * <p>Ratis tells them with the next entry or heartbeat, up to half an election timeout later: for that long a change made
 * through a follower would not be answered, and a linearizable read there would wait. (With "log metadata" on it writes a
 * second entry for every commit instead.) Here an idle leader sends one empty append as soon as the commit index moves.
 *
 * <p>Public with a public constructor because Ratis makes it by name.
 */
public final class PromptGrpc implements RpcType {
  private static final String OUTGOING = "kvorum.peer.tls";

  /** Called by Ratis. */
  public PromptGrpc() {}

  @Override
  public String name() {
    return PromptGrpc.class.getName();
  }

  @Override
  public GrpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  /** Has Ratis secure the connections it makes; by default it would also have to be told how to accept them. */
  static void secureOutgoing(Parameters parameters, SslContext context) {
    parameters.put(OUTGOING, context, SslContext.class);
  }

  private static final class Factory extends GrpcFactory {
    private final Parameters parameters;

    Factory(Parameters parameters) {
      super(parameters);
      this.parameters = parameters;
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      @Nullable SslContext outgoing = parameters.get(OUTGOING, SslContext.class);
      if (outgoing == null) {
        return super.newRaftServerRpc(server);
      }
      return GrpcServicesImpl.newBuilder()
          .setServer(server)
          .setCustomizer(GrpcConfigKeys.Server.servicesCustomizer(parameters))
          .setServerSslContextForClient(outgoing)
          .build();
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      return new Appender(server, state, follower);
    }
  }

  private static final class Appender extends GrpcLogAppender {
    /** The highest commit index that a request to this follower carried. */
    private volatile long announced = -1;

    Appender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      super(server, state, follower);
    }

    /** Zero makes Ratis send an append without entries. */
    @Override
    public long getHeartbeatWaitTimeMs() {
      long committed = getRaftLog().getLastCommittedIndex();
      boolean news = committed > announced && committed > getFollower().getCommitIndex();
      // Entries that wait to be sent carry it anyway; while some are under way it could not be
      // taken in yet.
      return news && !hasAppendEntries() && !hasPendingDataRequests()
          ? 0
          : super.getHeartbeatWaitTimeMs();
    }

    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(
        long callId, boolean heartbeat) throws RaftLogIOException {
      AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
      if (request == null) {
        return null;
      }
      AppendEntriesRequestProto safe = withinWhatWasChecked(request);
      announced = Math.max(announced, safe.getLeaderCommit());
      return safe;
    }
  }

  /**
   * Says nothing about entries that this request neither brings nor names as the previous one.
   *
   * <p>Where no previous entry is named, Ratis reckons as if entry 0 had been. A follower that was the first leader, and
   * whose entry 0 nobody took over, would count its own as committed by the second one, and refuse the real one for ever.
   */
  static AppendEntriesRequestProto withinWhatWasChecked(AppendEntriesRequestProto request) {
    if (request.hasPreviousLog()) {
      return request;
    }
    int entries = request.getEntriesCount();
    long last = entries == 0
        ? RaftLog.INVALID_LOG_INDEX
        : request.getEntries(entries - 1).getIndex();
    return request.getLeaderCommit() <= last
        ? request
        : request.toBuilder().setLeaderCommit(last).build();
  }
}
