package dev.kvorum.store.raft;

import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.apply.LogPosition;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/** Passes on what Ratis tells to the parts of the member that it is about, in the order in which they need it. */
final class RatisEvents implements KvStateMachine.Listener {
  private final RaftMember member;

  /** @param member may still be under construction: its parts are asked for with each event */
  RatisEvents(RaftMember member) {
    this.member = member;
  }

  @Override
  public void opening() {
    // Open since before Ratis was built, so that reads and watches need not ask whether it is.
  }

  @Override
  public LocalState state() {
    return member.replica().state();
  }

  @Override
  public void applied(
      List<CommandBatch> batches, AppliedEntry entry, int encodedBytes, long nanos) {
    member.metrics().entriesApplied.increment();
    member.metrics().appliedBytes.add(encodedBytes);
    member.metrics().applyNanos.add(nanos);
    member.metrics().operations.applied(batches, entry);
    member.replica().applied(encodedBytes);
    member.hub().publish(entry.revision(), entry.events());
    member.keeper().applied(batches, entry);
    member.tokenFollower().applied(batches, entry);
    member.quota().applied(entry.events());
    Completions completions = new Completions();
    member.proposer().onApplied(entry, completions);
    if (batches.stream().anyMatch(RatisEvents::compacts)) {
      member.compactions().request();
    }
    member.appliedIndex().advance(entry.index());
    completions.run();
  }

  private static boolean compacts(CommandBatch batch) {
    return batch.commands().stream().anyMatch(command -> command.bare() instanceof Command.Compact);
  }

  @Override
  public void passed(long term, long index) {
    member.appliedIndex().advance(index);
  }

  @Override
  public LogPosition persisted() {
    return member.replica().persisted();
  }

  @Override
  public long offerSnapshot() {
    return member.replica().offerSnapshot();
  }

  @Override
  public CompletableFuture<@Nullable TermIndex> installSnapshot(long leader, long firstIndexInLog) {
    return member.installer().install(leader, firstIndexInLog);
  }

  @Override
  public void adoptSnapshot() throws IOException {
    member.replica().adopt();
    member.hub().reset(member.replica().applier().lastRevision());
    member.appliedIndex().advance(member.replica().applier().appliedIndex());
    member.compactions().request();
  }

  @Override
  public void leaderChanged(long leader) {
    member.metrics().leaderChanges.increment();
    member.leadership().observe(leader);
    member.proposer().leaderChanged();
    member.barrier().leaderChanged();
  }

  @Override
  public void leaderReady() {
    member
        .keeper()
        .lead(member.raft().term(), member.replica().applier().leases().all());
    member.proposer().leaderChanged();
    member.barrier().leaderChanged();
  }

  @Override
  public void notLeader() {
    member.keeper().stopLeading();
  }

  @Override
  public void closed() {
    if (member.isClosing()) {
      return;
    }
    if (member.departure().isRemoved()) {
      member.departure().leave();
    } else if (member.leadership().leaderlessMillis() > 0 && !member.others().isEmpty()) {
      // Ratis stops one that stands for election and is no member any more, without a word.
      member.departure().leaveUnexplained(member::introduce);
    } else {
      member
          .fatalHandler()
          .fatal("Ratis has stopped", new IllegalStateException("closed without being asked to"));
    }
  }

  @Override
  public void fatal(String what, Throwable cause) {
    member.fatalHandler().fatal(what, cause);
  }
}
