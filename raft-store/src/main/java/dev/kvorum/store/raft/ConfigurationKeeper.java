package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.Member;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.command.Command.MembershipChange.FoundCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Raft's configuration agree with the table of members, while this member leads.
 *
 * <p>The table decides, the configuration follows. Both are in the same log, so either could; but the table can be checked
 * where it is applied, holds members that have not started yet (which Ratis cannot take in before they have caught up),
 * and remembers what was removed, while a configuration change can end unfinished when the leader dies. So a change is
 * decided by one entry, and what is left to do is seen from the two at any time: a new leader, which has applied every
 * entry before its own term, goes on where the old one stopped. A member counts for majorities only once it is in the
 * configuration, and until it has left it.
 *
 * <p>One step at a time, each with one member more or less. {@link #tick} is called by one thread.
 */
final class ConfigurationKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationKeeper.class);

  private static final long PAUSE_AFTER_FAILURE_NANOS = 300_000_000;
  private static final long TRANSFER_MILLIS = 2_000;

  private final RatisDivision raft;
  private final Supplier<Applier> applier;
  private final Proposer proposer;
  private final Roster roster;
  private final LongFunction<CompletableFuture<?>> greet;
  private final Function<RaftPeer, Member> founder;
  private final Failpoints failpoints;

  private CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);
  private volatile long notBeforeNanos = System.nanoTime();

  /**
   * Creates a keeper.
   *
   * @param greet completes normally if a member answers now
   * @param founder a founding member as the table is to have it
   */
  ConfigurationKeeper(
      RatisDivision raft,
      Supplier<Applier> applier,
      Proposer proposer,
      Roster roster,
      LongFunction<CompletableFuture<?>> greet,
      Function<RaftPeer, Member> founder,
      Failpoints failpoints) {
    this.raft = raft;
    this.applier = applier;
    this.proposer = proposer;
    this.roster = roster;
    this.greet = greet;
    this.founder = founder;
    this.failpoints = failpoints;
  }

  /** Takes the next step, if there is one to take; never waits. To be called several times a second. */
  void tick() {
    if (!raft.isLeaderReady() || !underWay.isDone() || System.nanoTime() - notBeforeNanos < 0) {
      return;
    }
    ClusterView table = applier.get().cluster();
    RatisDivision.Configuration configuration = raft.configuration();
    CompletableFuture<?> step = null;
    String what = "";
    if (!table.founded()) {
      what = "writing down the founding members";
      step = found(configuration);
    } else if (configuration.settled()) {
      if (!table.members().containsKey(raft.selfId())) {
        long successor = successor(table, configuration);
        if (successor != 0) {
          what = "handing leadership over before leaving";
          step = raft.transferLeadership(successor, TRANSFER_MILLIS);
        }
      }
      List<Reconfiguration> steps = Reconfiguration.steps(
          table, configuration.voters().keySet(), configuration.learners().keySet(), raft.selfId());
      if (step == null && !steps.isEmpty()) {
        Reconfiguration next = next(steps);
        what = next.kind() + " " + MemberIds.hex(next.id());
        step = take(next, configuration);
      }
    }
    if (step != null) {
      String described = what;
      underWay = step;
      Futures.onDone(step, (done, failure) -> {
        if (failure == null) {
          LOG.info("membership: {}: done", described);
        } else {
          LOG.info("membership: {}: not yet: {}", described, failure.toString());
          notBeforeNanos = System.nanoTime() + PAUSE_AFTER_FAILURE_NANOS;
        }
      });
    }
  }

  /** Those who have to catch up take turns, so that one that is down does not keep others out. */
  private Reconfiguration next(List<Reconfiguration> steps) {
    Reconfiguration first = steps.get(0);
    boolean waits = first.kind() == Reconfiguration.Kind.ADD_VOTER
        || first.kind() == Reconfiguration.Kind.ADD_LEARNER;
    return waits ? steps.get((int) (System.nanoTime() >>> 28) % steps.size()) : first;
  }

  private CompletableFuture<?> found(RatisDivision.Configuration configuration) {
    List<Member> founders = new ArrayList<>();
    configuration.voters().values().forEach(peer -> founders.add(founder.apply(peer)));
    return proposer.submit(new FoundCluster(founders), CallContext.inline());
  }

  private long successor(ClusterView table, RatisDivision.Configuration configuration) {
    Map<Long, Long> commits = raft.commitIndices();
    long best = 0;
    for (long id : configuration.voters().keySet()) {
      boolean stays = id != raft.selfId() && table.members().containsKey(id);
      if (stays && (best == 0 || commits.getOrDefault(id, -1L) > commits.getOrDefault(best, -1L))) {
        best = id;
      }
    }
    return best;
  }

  private CompletableFuture<?> take(Reconfiguration step, RatisDivision.Configuration current) {
    Map<Long, RaftPeer> voters = new TreeMap<>(current.voters());
    Map<Long, RaftPeer> learners = new TreeMap<>(current.learners());
    long id = step.id();
    switch (step.kind()) {
      case REMOVE -> {
        voters.remove(id);
        learners.remove(id);
      }
      case PROMOTE -> {
        learners.remove(id);
        voters.put(id, peer(id));
      }
      case ADD_VOTER -> voters.put(id, peer(id));
      case ADD_LEARNER -> learners.put(id, peer(id));
    }
    failpoints.reached("configuration " + step.kind() + " " + MemberIds.hex(raft.selfId()));
    return switch (step.kind()) {
      case REMOVE, PROMOTE -> raft.setConfiguration(current, voters.values(), learners.values());
      case ADD_VOTER, ADD_LEARNER ->
        greet
            .apply(id)
            .thenCompose(
                here -> raft.setConfiguration(current, voters.values(), learners.values()));
    };
  }

  private RaftPeer peer(long id) {
    RaftPeer.Builder peer = RaftPeer.newBuilder().setId(MemberIds.peerId(id));
    roster.address(id).ifPresent(address -> peer.setAddress(address.toString()));
    return peer.build();
  }
}
