package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.cluster.ReconfigurationRules;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Says, on the leader, whether a change of the membership is safe at this moment: whether enough voters have started, and
 * whether enough of them answer. Refuses with etcd's reasons, in its order.
 */
final class ReconfigurationGuard {
  /** A learner may vote when it has this much of the leader's log. */
  private static final double READY = 0.9;

  /** What is to be changed. */
  enum Subject {
    ADD,
    REMOVE,
    PROMOTE
  }

  /**
   * A change that somebody would like to make.
   *
   * @param argument of {@code ADD}: 1 for a learner; else the member
   */
  record Question(Subject subject, long argument) {
    byte[] encode() {
      return PeerWire.write(out -> {
        out.writeUTF(subject.name());
        out.writeLong(argument);
      });
    }

    static Question decode(byte[] encoded) {
      return PeerWire.read(encoded, in -> {
        Subject subject = Subject.valueOf(in.readUTF());
        return new Question(subject, in.readLong());
      });
    }
  }

  private final RaftConfig config;
  private final RatisDivision raft;
  private final Supplier<Applier> applier;

  ReconfigurationGuard(RaftConfig config, RatisDivision raft, Supplier<Applier> applier) {
    this.config = config;
    this.raft = raft;
    this.applier = applier;
  }

  /** Completes with nothing, or with a refusal. */
  CompletableFuture<byte[]> answer(Question question) {
    if (!raft.isLeaderReady() || !applier.get().cluster().founded()) {
      return CompletableFuture.failedFuture(StoreException.of(Kind.NOT_LEADER));
    }
    try {
      switch (question.subject()) {
        case ADD -> checkAdd(question.argument() == 1);
        case REMOVE -> checkRemove(question.argument());
        case PROMOTE -> checkPromote(question.argument());
      }
      return CompletableFuture.completedFuture(new byte[0]);
    } catch (StoreException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  private void checkAdd(boolean learner) {
    if (!config.strictReconfigCheck()) {
      return;
    }
    ClusterView table = applier.get().cluster();
    if (!learner && !ReconfigurationRules.mayAddVoter(table.members().values(), this::isStarted)) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
    long voters = voters(table);
    // The new one counts, and as one that does not answer. The only voter can always be joined.
    if (voters > 1 && answering(table) < ReconfigurationRules.majority(voters + 1)) {
      throw StoreException.of(Kind.UNHEALTHY_CLUSTER);
    }
  }

  private void checkRemove(long id) {
    ClusterView table = applier.get().cluster();
    ClusterMember member = table.members().get(id);
    if (!config.strictReconfigCheck() || (member != null && member.learner())) {
      return;
    }
    if (!ReconfigurationRules.mayRemove(table.members().values(), id, this::isStarted)) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
    Set<Long> heard = heard();
    // One that is down is no part of the majority that works now.
    if (heard.contains(id) && answering(table) - 1 < 1 + (voters(table) - 1) / 2) {
      throw StoreException.of(Kind.UNHEALTHY_CLUSTER);
    }
  }

  private void checkPromote(long id) {
    ClusterView table = applier.get().cluster();
    if (!table.members().containsKey(id)) {
      throw StoreException.of(Kind.MEMBER_NOT_FOUND);
    }
    if (id != raft.selfId()) {
      Map<Long, Long> commits = raft.commitIndices();
      double has = raft.configuration().contains(id) ? commits.getOrDefault(id, 0L) : 0;
      if (has < READY * raft.lastIndex()) {
        throw StoreException.of(Kind.LEARNER_NOT_READY);
      }
    }
    if (config.strictReconfigCheck()
        && !ReconfigurationRules.mayPromote(table.members().values(), this::isStarted)) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
  }

  private boolean isStarted(long id) {
    var published = applier.get().members().get(id);
    return published != null && !published.member().name().isEmpty();
  }

  private static long voters(ClusterView table) {
    return table.members().values().stream().filter(member -> !member.learner()).count();
  }

  private long answering(ClusterView table) {
    Set<Long> heard = heard();
    return table.members().values().stream()
        .filter(member -> !member.learner() && heard.contains(member.id()))
        .count();
  }

  /** This member and those it has heard from within an election timeout. */
  private Set<Long> heard() {
    return raft.heardWithin(config.electionTimeout().toMillis());
  }
}
