package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What a member answers to the others: each method of the peer port, with the part that does the work. */
final class PeerHandlers {
  private final RaftMember member;

  private PeerHandlers(RaftMember member) {
    this.member = member;
  }

  /**
   * @param member may still be under construction: its parts are asked for with each call
   * @param disk runs what writes to disk
   */
  static PeerService of(RaftMember member, Executor disk) {
    PeerHandlers handlers = new PeerHandlers(member);
    return new PeerService()
        .on(PeerMethod.CONFIRM_TERM, handlers::confirmTerm)
        .on(
            PeerMethod.READ_INDEX,
            handlers.ifLeading(
                (caller, request) -> member.barrier().indexForOther().thenApply(PeerWire::number)))
        .on(
            PeerMethod.PROPOSE,
            handlers.ifLeading(
                (caller, request) -> member.proposer().acceptForwarded(caller, request)))
        .on(
            PeerMethod.RENEW_LEASE,
            handlers.ifLeading(
                (caller, request) -> member.leases().renewHere(PeerWire.number(request))))
        .on(
            PeerMethod.LEASE_TIME_TO_LIVE,
            handlers.ifLeading(
                (caller, request) -> member.leases().remainingHere(PeerWire.number(request))))
        .on(PeerMethod.HASH, Upkeep.handler(member::maintenance))
        .on(PeerMethod.HELLO, member.introduction().handler(disk, member::knownDisk))
        .on(
            PeerMethod.MAY_RECONFIGURE,
            handlers.ifLeading((caller, request) ->
                member.guard().answer(ReconfigurationGuard.Question.decode(request))))
        .on(PeerMethod.JOIN, handlers::join)
        .onStream(
            PeerMethod.SNAPSHOT,
            (caller, request, call) -> member.snapshotSender().handle(caller, call));
  }

  private CompletableFuture<byte[]> confirmTerm(long caller, byte[] request) {
    boolean same = member.raft().term() == PeerWire.number(request);
    return CompletableFuture.completedFuture(new byte[] {(byte) (same ? 1 : 0)});
  }

  private CompletableFuture<byte[]> join(long caller, byte[] request) {
    if (member.isClosing()) {
      return refused();
    }
    return Joining.handler(
            member.identity().clusterId(),
            member.proposer(),
            () -> member.applier().cluster())
        .handle(caller, request);
  }

  /** Only the leader can answer, and it only once it has applied an entry of its own term. */
  private PeerService.Handler ifLeading(PeerService.Handler handler) {
    return (caller, request) -> member.isClosing() || !member.raft().isLeaderReady()
        ? refused()
        : handler.handle(caller, request);
  }

  private static CompletableFuture<byte[]> refused() {
    return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NOT_LEADER));
  }
}
