package dev.kvorum.store.raft;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.HistoryHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this member's history with that of the others, by digests of the same revisions at the same compact revision,
 * where they must be equal.
 *
 * <p>If they are not, a majority that agrees is right and the alarm is about everybody else; without such a majority
 * nobody can say who is wrong, and the alarm is about the whole cluster. Members that do not answer, or have not come as
 * far, are passed over.
 */
final class CorruptionCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CorruptionCheck.class);

  /** Asks another member. */
  interface Ask {
    CompletableFuture<HistoryHash> of(long member, long revision);
  }

  /**
   * What came out.
   *
   * @param compared members that could be compared, this one included
   * @param suspects who is wrong; 0 if nobody can say; empty if all agree
   */
  record Verdict(int compared, List<Long> suspects) {}

  private final long selfId;
  private final Supplier<Collection<Long>> others;
  private final LongFunction<CompletableFuture<HistoryHash>> ownHash;
  private final Ask ask;
  private final Function<Alarm, CompletableFuture<?>> raise;

  /**
   * Creates it.
   *
   * @param others the other members' ids, as of now
   * @param ownHash digests this member's history up to a revision, 0 for all of it
   * @param raise raises an alarm for all members
   */
  CorruptionCheck(
      long selfId,
      Supplier<Collection<Long>> others,
      LongFunction<CompletableFuture<HistoryHash>> ownHash,
      Ask ask,
      Function<Alarm, CompletableFuture<?>> raise) {
    this.selfId = selfId;
    this.others = others;
    this.ownHash = ownHash;
    this.ask = ask;
    this.raise = raise;
  }

  /** Compares up to {@code revision}, 0 for all there is, and raises the alarm about who is wrong. */
  CompletableFuture<Verdict> checkAndRaise(long revision) {
    return compare(revision).thenApply(verdict -> {
      for (long suspect : verdict.suspects()) {
        Futures.onDone(raise.apply(new Alarm(suspect, Alarm.Type.CORRUPT)), (done, failure) -> {
          if (failure != null) {
            LOG.error("the alarm about damaged data could not be raised", failure);
          }
        });
      }
      return verdict;
    });
  }

  /** Compares up to {@code revision}, 0 for all there is. */
  CompletableFuture<Verdict> compare(long revision) {
    return ownHash.apply(revision).thenCompose(own -> {
      Map<Long, CompletableFuture<@Nullable HistoryHash>> answers = new LinkedHashMap<>();
      for (long member : others.get()) {
        answers.put(
            member,
            ask.of(member, own.hashRevision()).<@Nullable HistoryHash>handle((answer, failure) -> {
              if (failure != null) {
                LOG.info(
                    "member {} was not compared: {}",
                    MemberIds.hex(member),
                    Futures.cause(failure).toString());
              }
              return answer;
            }));
      }
      return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
          .thenApply(all -> judge(own, answers));
    });
  }

  private Verdict judge(
      HistoryHash own, Map<Long, CompletableFuture<@Nullable HistoryHash>> answers) {
    Map<Integer, List<Long>> membersByHash = new TreeMap<>();
    membersByHash.computeIfAbsent(own.hash(), any -> new ArrayList<>()).add(selfId);
    int compared = 1;
    for (Map.Entry<Long, CompletableFuture<@Nullable HistoryHash>> each : answers.entrySet()) {
      HistoryHash answer = each.getValue().join();
      if (answer != null
          && answer.hashRevision() == own.hashRevision()
          && answer.compactRevision() == own.compactRevision()) {
        membersByHash.computeIfAbsent(answer.hash(), any -> new ArrayList<>()).add(each.getKey());
        compared++;
      }
    }
    if (membersByHash.size() == 1) {
      LOG.info(
          "{} of {} members agree on history up to revision {}, compacted at {}",
          compared,
          answers.size() + 1,
          own.hashRevision(),
          own.compactRevision());
      return new Verdict(compared, List.of());
    }
    int majority = (answers.size() + 1) / 2 + 1;
    List<Long> suspects = new ArrayList<>();
    boolean someAgree = false;
    for (List<Long> members : membersByHash.values()) {
      if (members.size() >= majority) {
        someAgree = true;
      } else {
        suspects.addAll(members);
      }
    }
    List<Long> accused = someAgree ? suspects : List.of(0L);
    membersByHash.forEach((hash, members) -> LOG.error(
        "DATA IS DAMAGED: members disagree on history up to revision {}, compacted at {}: digest {} at {}; {}",
        own.hashRevision(),
        own.compactRevision(),
        Integer.toHexString(hash),
        members.stream().map(MemberIds::hex).toList(),
        accused.equals(List.of(0L))
            ? "no majority agrees, so nobody can say who is wrong"
            : "wrong: " + accused.stream().map(MemberIds::hex).toList()));
    return new Verdict(compared, accused);
  }
}
