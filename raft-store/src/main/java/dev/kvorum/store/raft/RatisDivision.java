package dev.kvorum.store.raft;

import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
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
    return leader == null ? 0 : MemberIds.memberId(leader);
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

  /** Whether this member replicates without voting. */
  boolean isLearner() {
    return division.getRaftConf().getPeer(MemberIds.peerId(selfId)) == null;
  }

  /** Every member of the current configuration, learners included. */
  Collection<RaftPeer> peers() {
    return division.getGroup().getPeers();
  }

  boolean isMember(long id) {
    RaftPeerId peerId = MemberIds.peerId(id);
    return peers().stream().anyMatch(peer -> peer.getId().equals(peerId));
  }

  /** Where a member is reached. */
  Optional<RaftConfig.HostPort> addressOf(long id) {
    RaftPeerId peerId = MemberIds.peerId(id);
    return peers().stream()
        .filter(peer -> peer.getId().equals(peerId))
        .findFirst()
        .map(RaftPeer::getAddress)
        .map(address -> RaftConfig.address("http://" + address));
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
