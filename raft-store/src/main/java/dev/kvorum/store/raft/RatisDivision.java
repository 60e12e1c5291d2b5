package dev.kvorum.store.raft;

import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ratis' part of this member: what it knows, and the way into its log. Thread-safe. */
final class RatisDivision implements RaftView {
  private static final Logger LOG = LoggerFactory.getLogger(RatisDivision.class);

  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftGroupId groupId;
  private final long selfId;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();

  RatisDivision(RaftServer server, RaftGroupId groupId, long selfId) throws IOException {
    this.server = server;
    this.division = server.getDivision(groupId);
    this.groupId = groupId;
    this.selfId = selfId;
  }

  /**
   * Appends an entry if this member leads. The call itself runs up to the append, so the order of calls of one thread is
   * the order in the log.
   *
   * <p>Completes normally once the entry was applied here. A failure says nothing: the entry may be in the log and may
   * yet be applied. That is why batches are told apart by their sequence and may be sent again.
   */
  CompletableFuture<Void> append(List<CommandBatch> batches) {
    RaftClientRequest request = RaftClientRequest.newBuilder()
        .setClientId(clientId)
        .setServerId(server.getId())
        .setGroupId(groupId)
        .setCallId(calls.incrementAndGet())
        .setMessage(new EntryMessage(CommandCodec.encode(batches), batches))
        .setType(RaftClientRequest.writeRequestType())
        .build();
    try {
      // The proxy in front of the division would hand the call to another thread and wait for it
      // there.
      return ((RaftClientAsynchronousProtocol) division)
          .submitClientRequestAsync(request)
          .thenAccept(RatisDivision::check);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void check(RaftClientReply reply) {
    if (!reply.isSuccess()) {
      throw new IllegalStateException("not applied by this leader", reply.getException());
    }
  }

  @Override
  public long selfId() {
    return selfId;
  }

  @Override
  public long term() {
    return division.getInfo().getCurrentTerm();
  }

  @Override
  public boolean isLeaderReady() {
    return division.getInfo().isLeaderReady();
  }

  @Override
  public long leaderId() {
    RaftPeerId leader = division.getInfo().getLeaderId();
    return leader == null || isForsakenLearner() ? 0 : MemberIds.memberId(leader);
  }

  /** Ratis lets a learner, which never stands for election, believe in the last leader for ever. */
  private boolean isForsakenLearner() {
    if (!division.getInfo().isListener()) {
      return false;
    }
    FollowerInfoProto info = division.getInfo().getRoleInfoProto().getFollowerInfo();
    return info.getOutstandingOp() == 0
        && info.getLeaderInfo().getLastRpcElapsedTimeMs()
            > division.properties().maxRpcTimeoutMs();
  }

  @Override
  public long committedIndex() {
    return division.getRaftLog().getLastCommittedIndex();
  }

  /** The first entry that the log still has. */
  long logStartIndex() {
    return division.getRaftLog().getStartIndex();
  }

  @Override
  public Voters voters() {
    RaftConfiguration configuration = division.getRaftConf();
    return new Voters(ids(configuration.getCurrentPeers()), ids(configuration.getPreviousPeers()));
  }

  /**
   * Raft's configuration as this member's log has it.
   *
   * @param voters of the current configuration
   * @param learners of the current configuration
   * @param leaving who was in the one before only, while the change between the two is under way
   * @param settled whether no change is under way, as far as this member knows, and none could be undone
   */
  record Configuration(
      Map<Long, RaftPeer> voters,
      Map<Long, RaftPeer> learners,
      Map<Long, RaftPeer> leaving,
      boolean settled) {
    /** Before the log was read: nothing is known. */
    static final Configuration UNKNOWN = new Configuration(Map.of(), Map.of(), Map.of(), false);

    boolean contains(long id) {
      return voters.containsKey(id) || learners.containsKey(id) || leaving.containsKey(id);
    }

    Set<Long> ids() {
      Set<Long> ids = new HashSet<>(voters.keySet());
      ids.addAll(learners.keySet());
      ids.addAll(leaving.keySet());
      return ids;
    }

    /** Where a member is reached, by the time that it was last changed itself. */
    Optional<RaftConfig.HostPort> address(long id) {
      for (Map<Long, RaftPeer> peers : List.of(voters, learners, leaving)) {
        RaftPeer peer = peers.get(id);
        if (peer != null && peer.getAddress() != null) {
          return PeerUrls.address(List.of("http://" + peer.getAddress()));
        }
      }
      return Optional.empty();
    }
  }

  Configuration configuration() {
    if (division.getInfo().getLifeCycleState() == LifeCycle.State.NEW) {
      return Configuration.UNKNOWN;
    }
    RaftConfiguration known = division.getRaftConf();
    Map<Long, RaftPeer> voters = byId(known.getCurrentPeers(RaftPeerRole.FOLLOWER));
    Map<Long, RaftPeer> learners = byId(known.getCurrentPeers(RaftPeerRole.LISTENER));
    Map<Long, RaftPeer> leaving = byId(known.getPreviousPeers(RaftPeerRole.FOLLOWER));
    leaving.putAll(byId(known.getPreviousPeers(RaftPeerRole.LISTENER)));
    boolean stable = leaving.isEmpty();
    leaving.keySet().removeAll(voters.keySet());
    leaving.keySet().removeAll(learners.keySet());
    boolean settled = stable && known.getLogEntryIndex() <= committedIndex();
    return new Configuration(voters, learners, leaving, settled);
  }

  private static Map<Long, RaftPeer> byId(Collection<RaftPeer> peers) {
    Map<Long, RaftPeer> byId = new TreeMap<>(Long::compareUnsigned);
    peers.forEach(peer -> byId.put(MemberIds.memberId(peer.getId()), peer));
    return byId;
  }

  /** How far each member's log is committed, by what the leader last heard; on the leader. */
  Map<Long, Long> commitIndices() {
    Map<Long, Long> indices = new HashMap<>();
    for (CommitInfoProto info : division.getCommitInfos()) {
      indices.put(
          MemberIds.memberId(RaftPeerId.valueOf(info.getServer().getId())), info.getCommitIndex());
    }
    return indices;
  }

  /** The last entry of this member's log. */
  long lastIndex() {
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    return last == null ? 0 : last.getIndex();
  }

  /** Those who answered this leader lately, itself included. */
  Set<Long> heardWithin(long millis) {
    Set<Long> heard = new HashSet<>(Set.of(selfId));
    for (ServerRpcProto follower :
        division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList()) {
      if (follower.getLastRpcElapsedTimeMs() <= millis) {
        heard.add(MemberIds.memberId(RaftPeerId.valueOf(follower.getId().getId())));
      }
    }
    return heard;
  }

  /** Changes the configuration if it is still {@code current}; completes when the new one is committed. */
  CompletableFuture<Void> setConfiguration(
      Configuration current, Collection<RaftPeer> voters, Collection<RaftPeer> learners) {
    SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
        .setServersInCurrentConf(List.copyOf(current.voters().values()))
        .setListenersInCurrentConf(List.copyOf(current.learners().values()))
        .setServersInNewConf(List.copyOf(voters))
        .setListenersInNewConf(List.copyOf(learners))
        .build();
    try {
      return server
          .setConfigurationAsync(new SetConfigurationRequest(
              clientId, server.getId(), groupId, calls.incrementAndGet(), arguments))
          .thenAccept(RatisDivision::check);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Makes another voter the leader; completes when this member knows that it is. Changes wait meanwhile. */
  CompletableFuture<Void> transferLeadership(long target, long timeoutMillis) {
    try {
      return server
          .transferLeadershipAsync(new TransferLeadershipRequest(
              clientId,
              server.getId(),
              groupId,
              calls.incrementAndGet(),
              MemberIds.peerId(target),
              timeoutMillis))
          .thenAccept(RatisDivision::check);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Connects to a member at this address from now on. */
  void relocate(long id, RaftConfig.HostPort address) {
    ((RaftServerRpcWithProxy<?, ?>) server.getServerRpc())
        .getProxies()
        .relocate(RaftPeer.newBuilder()
            .setId(MemberIds.peerId(id))
            .setAddress(address.toString())
            .build());
  }

  /**
   * Hands leadership to the follower that is furthest, if this member leads others: it stands for election at once, so
   * that nobody has to wait until this member is missed. Waits for the outcome, at most {@code timeoutMillis} or so.
   */
  void handOver(long timeoutMillis) throws InterruptedException {
    if (!isLeaderReady()) {
      return;
    }
    long end = System.nanoTime() + timeoutMillis * 1_000_000;
    List<CommitInfoProto> furthestFirst = division.getCommitInfos().stream()
        .filter(info ->
            !MemberIds.peerId(selfId).equals(RaftPeerId.valueOf(info.getServer().getId())))
        .filter(info ->
            division.getRaftConf().getPeer(RaftPeerId.valueOf(info.getServer().getId())) != null)
        .sorted(Comparator.comparingLong(CommitInfoProto::getCommitIndex).reversed())
        .toList();
    for (CommitInfoProto follower : furthestFirst) {
      if (System.nanoTime() - end > 0 || !division.getInfo().isLeader()) {
        return;
      }
      if (standForElection(RaftPeerId.valueOf(follower.getServer().getId()))) {
        while (division.getInfo().isLeader() && System.nanoTime() - end < 0) {
          Thread.sleep(5);
        }
      }
    }
  }

  private boolean standForElection(RaftPeerId follower) {
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    if (last == null) {
      return false;
    }
    StartLeaderElectionRequestProto request = StartLeaderElectionRequestProto.newBuilder()
        .setServerRequest(
            ClientProtoUtils.toRaftRpcRequestProtoBuilder(division.getMemberId(), follower))
        .setLeaderLastEntry(last.toProto())
        .build();
    try {
      return server.getServerRpc().startLeaderElection(request).getServerReply().getSuccess();
    } catch (IOException | RuntimeException e) {
      LOG.info("{} did not take over: {}", follower, e.toString());
      return false;
    }
  }

  private static Set<Long> ids(Collection<RaftPeer> peers) {
    Set<Long> ids = new HashSet<>();
    peers.forEach(peer -> ids.add(MemberIds.memberId(peer.getId())));
    return ids;
  }
}
