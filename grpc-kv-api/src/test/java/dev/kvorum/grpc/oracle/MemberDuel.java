package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.Member;
import dev.kvorum.proto.etcd.MemberAddRequest;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.MemberListResponse;
import dev.kvorum.proto.etcd.MemberUpdateRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The members' peer URLs after a kill.
 *
 * <p>etcd puts a change of peer URLs into its log before it looks whether another member has them. When it reads its log
 * again, it does not look any more: what was refused is what the member has from then on.
 */
final class MemberDuel {
  private static final Answer TAKEN =
      new Answer.Failure(Status.Code.FAILED_PRECONDITION, "etcdserver: Peer URLs already exists");

  private final Duel duel;
  private final Keeper keeper;

  /** By member: the peer URLs that were refused after the last ones that were taken. */
  private final Map<Long, List<String>> refused = new HashMap<>();

  MemberDuel(Duel duel, Keeper keeper) {
    this.duel = duel;
    this.keeper = keeper;
  }

  /** To be called after every request, with symbols in it, and its answer. */
  void after(Message request, Answer answer) {
    if (request instanceof MemberUpdateRequest update) {
      if (answer.equals(TAKEN)) {
        refused.put(update.getID(), List.copyOf(update.getPeerURLsList()));
      } else if (answer instanceof Answer.Reply) {
        refused.remove(update.getID());
      }
    } else if (request instanceof MemberAddRequest add && answer instanceof Answer.Reply) {
      refused.remove(Symbols.member(PeerUrls.handle(add.getPeerURLs(0))));
    }
  }

  /**
   * To be called after a restart.
   *
   * @throws OracleAstray if a member of the oracle has what was refused
   */
  void checkOracle() {
    MemberListRequest ask = MemberListRequest.newBuilder().setLinearizable(true).build();
    CompletableFuture<Answer> ours =
        duel.oracle().call(keeper.from(), ClusterGrpc.getMemberListMethod(), ask);
    CompletableFuture<Answer> theirs =
        duel.subject().call(keeper.from(), ClusterGrpc.getMemberListMethod(), ask);
    List<Member> oracle = members(duel.oracle().normalize(ours.join()));
    List<Member> subject = members(duel.subject().normalize(theirs.join()));
    List<Member> expected = new ArrayList<>();
    for (Member member : subject) {
      List<String> urls = refused.get(member.getID());
      Member.Builder other = member.toBuilder();
      expected.add(
          urls != null && !oracle.contains(member)
              ? other.clearPeerURLs().addAllPeerURLs(urls).build()
              : member);
    }
    if (!oracle.equals(subject) && oracle.equals(expected)) {
      duel.known().note(KnownDifferences.Entry.REFUSED_URLS_AFTER_KILL);
      throw new OracleAstray(
          new Difference("members after restart", "the oracle's peer URLs", oracle, subject));
    }
  }

  private static List<Member> members(Answer answer) {
    return answer instanceof Answer.Reply reply
            && reply.message() instanceof MemberListResponse list
        ? list.getMembersList()
        : List.of();
  }
}
