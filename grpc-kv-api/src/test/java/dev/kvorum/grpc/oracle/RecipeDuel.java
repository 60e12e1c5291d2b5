package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.KeyValue;
import dev.kvorum.proto.etcd.LeaderKey;
import dev.kvorum.proto.etcd.LeaderRequest;
import dev.kvorum.proto.etcd.LeaderResponse;
import dev.kvorum.proto.etcd.LockRequest;
import dev.kvorum.proto.etcd.ProclaimRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResignRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Locks and elections on both servers, whose calls may have to wait for others. Confined to the duel's thread. */
final class RecipeDuel {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final String DENIED = "etcdserver: permission denied";
  private static final ByteString SLASH = ByteString.copyFromUtf8("/");

  private final Duel duel;
  private final Keeper keeper;

  RecipeDuel(Duel duel, Keeper keeper) {
    this.duel = duel;
    this.keeper = keeper;
  }

  /** Has the caller stand in the line, and then removes those in front, one after the other. */
  void turn(Step.Turn turn) {
    ByteString line = line(turn.request()).concat(SLASH);
    ByteString own = line.concat(ByteString.copyFromUtf8(hex(lease(turn.request()))));
    List<KeyValue> before = inLine(line);
    boolean reentered = before.stream().anyMatch(key -> key.getKey().equals(own));
    if (reentered && !before.getFirst().getKey().equals(own)) {
      return; // whether it waits already cannot be seen
    }
    CompletableFuture<Answer> ours = duel.oracle().call(turn.from(), turn.method(), turn.request());
    CompletableFuture<Answer> theirs =
        duel.subject().call(turn.from(), turn.method(), turn.request());
    int wanted = before.size() + (reentered ? 0 : 1);
    awaitInLine(duel.oracle(), ours, line, wanted);
    awaitInLine(duel.subject(), theirs, line, wanted);
    for (KeyValue key : before) {
      if (key.getKey().equals(own) || (ours.isDone() && theirs.isDone())) {
        break;
      }
      duel.unary(
          keeper.from(),
          KVGrpc.getDeleteRangeMethod(),
          DeleteRangeRequest.newBuilder().setKey(key.getKey()).build());
    }
    Answer answer =
        duel.compare(turn.from(), turn.method(), turn.request(), ours, theirs, turn.request());
    if (turn.request() instanceof CampaignRequest campaign
        && answer.plain() instanceof Answer.Failure refusal
        && DENIED.equals(refusal.text())) {
      standInAsWell(campaign, own);
    }
    // Whoever leads already and campaigns again proclaims, which the answer's revision does not
    // show.
    inLine(line);
  }

  /**
   * etcd lets a candidate join the line before it finds that the user may not look at the line, and leaves it there. Then
   * it is put there here, so that all that follows is the same.
   */
  private void standInAsWell(CampaignRequest campaign, ByteString own) {
    RangeRequest ask = RangeRequest.newBuilder().setKey(own).build();
    if (isThere(duel.oracle(), ask) && !isThere(duel.subject(), ask)) {
      duel.known().note(KnownDifferences.Entry.CANDIDACY_LEFT);
      duel.subject()
          .call(
              keeper.from(),
              KVGrpc.getPutMethod(),
              PutRequest.newBuilder()
                  .setKey(own)
                  .setValue(campaign.getValue())
                  .setLease(campaign.getLease())
                  .build())
          .join();
    }
  }

  private boolean isThere(Party party, RangeRequest ask) {
    return party.call(keeper.from(), KVGrpc.getRangeMethod(), ask).join().plain()
            instanceof Answer.Reply reply
        && reply.message() instanceof RangeResponse found
        && found.getCount() > 0;
  }

  /** A lease's id as it stands in the keys of a line. */
  static String hex(long lease) {
    return lease < 0 ? "-" + Long.toHexString(-lease) : Long.toHexString(lease);
  }

  /** Proclaims or resigns as the leader that there is. */
  void lead(Step.Lead lead) {
    ByteString name = lead.request() instanceof ProclaimRequest proclaim
        ? proclaim.getLeader().getName()
        : ((ResignRequest) lead.request()).getLeader().getName();
    Answer answer = duel.unary(
        lead.from(),
        ElectionGrpc.getLeaderMethod(),
        LeaderRequest.newBuilder().setName(name).build());
    // Not without a lease: etcd would make one, which nobody ends.
    LeaderKey.Builder leader = LeaderKey.newBuilder()
        .setName(name)
        .setKey(name.concat(SLASH).concat(ByteString.copyFromUtf8("1")))
        .setRev(1)
        .setLease(1);
    if (answer instanceof Answer.Reply reply && reply.message() instanceof LeaderResponse found) {
      leader
          .setKey(found.getKv().getKey())
          .setRev(found.getKv().getCreateRevision())
          .setLease(found.getKv().getLease() == 0 ? 1 : found.getKv().getLease());
    }
    Message request = lead.request() instanceof ProclaimRequest proclaim
        ? proclaim.toBuilder().setLeader(leader).build()
        : ResignRequest.newBuilder().setLeader(leader).build();
    duel.unary(lead.from(), lead.method(), request);
  }

  private static ByteString line(Message request) {
    return request instanceof LockRequest lock
        ? lock.getName()
        : ((CampaignRequest) request).getName();
  }

  private static long lease(Message request) {
    return request instanceof LockRequest lock
        ? lock.getLease()
        : ((CampaignRequest) request).getLease();
  }

  private List<KeyValue> inLine(ByteString line) {
    Answer answer = duel.unary(keeper.from(), KVGrpc.getRangeMethod(), range(line));
    return answer instanceof Answer.Reply reply && reply.message() instanceof RangeResponse range
        ? range.getKvsList()
        : List.of();
  }

  private static RangeRequest range(ByteString line) {
    return RangeRequest.newBuilder()
        .setKey(line)
        .setRangeEnd(Keys.prefixEnd(line))
        .setSortTarget(RangeRequest.SortTarget.CREATE)
        .setSortOrder(RangeRequest.SortOrder.ASCEND)
        .build();
  }

  /** Waits until that many are in line at one server, or the call is answered. */
  private void awaitInLine(
      Party party, CompletableFuture<Answer> call, ByteString line, int wanted) {
    long deadline = System.nanoTime() + BOUND_NANOS;
    while (!call.isDone()) {
      Answer answer =
          party.call(keeper.from(), KVGrpc.getRangeMethod(), range(line)).join().plain();
      if (answer instanceof Answer.Reply reply
          && reply.message() instanceof RangeResponse range
          && range.getCount() >= wanted) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new Difference("line", "nobody joined the line at " + party, wanted, answer);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
