package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Member;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import dev.kvorum.store.lease.Lease;
import dev.kvorum.store.mvcc.View;
import dev.kvorum.store.testing.InMemoryEngine;
import dev.kvorum.store.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replicas that apply the same log agree, wherever they crash, whenever their disks flush, however far each has removed
 * compacted data, and however the batches were spread over entries.
 *
 * <p>Method: one seed makes one log and one schedule. A crash leaves what the engine had flushed; the replica then
 * replays the log from what it finds persisted.
 */
class ReplicaSimulationTest {
  static LongStream seeds() {
    return Seeds.all();
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void replicasAgree(long seed) {
    Random random = new Random(seed);
    List<CommandBatch> batches = randomBatches(random);
    List<List<CommandBatch>> log = randomEntries(batches, random);
    List<Replica> replicas =
        List.of(new Replica(log, random), new Replica(log, random), new Replica(log, random));

    while (replicas.stream().anyMatch(Replica::isBehind)) {
      replicas.get(random.nextInt(replicas.size())).step();
    }

    State expected = replicas.getFirst().state();
    for (Replica replica : replicas) {
      assertThat(replica.state()).isEqualTo(expected);
    }
    Replica otherwiseSplit = new Replica(randomEntries(batches, random), random);
    while (otherwiseSplit.isBehind()) {
      otherwiseSplit.step();
    }
    assertThat(otherwiseSplit.state()).isEqualTo(expected);
    for (Replica replica : replicas) {
      while (!replica.applier.compactStep(5).finished()) {}
      assertThat(replica.state()).isEqualTo(expected);
    }
    long rows = replicas.getFirst().liveRows();
    assertThat(replicas.stream().map(Replica::liveRows)).allMatch(each -> each == rows);
  }

  /** Switched off more often than on, or nothing else would happen. */
  private static Command<?> alarm(Random random) {
    Alarm alarm = new Alarm(
        random.nextInt(2), random.nextBoolean() ? Alarm.Type.NO_SPACE : Alarm.Type.CORRUPT);
    return random.nextInt(5) == 0 ? new Command.RaiseAlarm(alarm) : new Command.DisarmAlarm(alarm);
  }

  private static List<CommandBatch> randomBatches(Random random) {
    Workload workload = new Workload(random, 0);
    List<CommandBatch> batches = new ArrayList<>();
    long guess = 1; // about the revision that the store will have, for commands that name one
    for (int i = 0; i < 120; i++) {
      List<Command<?>> commands = new ArrayList<>();
      for (int j = random.nextInt(4); j >= 0; j--) {
        commands.add(
            random.nextInt(15) > 0
                ? workload.command(guess, 1)
                : random.nextInt(3) == 0
                    ? alarm(random)
                    : random.nextBoolean()
                        ? new Command.CheckpointLeases(List.of(
                            new Command.LeaseCheckpoint(workload.lease(), random.nextInt(9))))
                        : new Command.PublishMember(
                            new Member(
                                random.nextInt(3) + 1L, "m" + i, List.of(), List.of(), false),
                            random.nextInt(5)));
        guess += random.nextInt(10) < 6 ? 1 : 0;
      }
      batches.add(new CommandBatch(random.nextInt(3), 1, i, 0, commands));
    }
    return batches;
  }

  /** The batches in order, one or more to an entry, some of them sent again later. */
  private static List<List<CommandBatch>> randomEntries(List<CommandBatch> batches, Random random) {
    List<List<CommandBatch>> entries = new ArrayList<>();
    List<CommandBatch> entry = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      entry.add(batches.get(i));
      if (random.nextInt(5) == 0) {
        entry.add(batches.get(random.nextInt(i + 1)));
      }
      if (random.nextInt(3) > 0) {
        entries.add(List.copyOf(entry));
        entry.clear();
        if (random.nextInt(10) == 0) {
          entries.add(List.of()); // an entry of Raft's own
        }
      }
    }
    entries.add(entry);
    return entries;
  }

  /** Everything about a replica that must not depend on how it got there. */
  private record State(
      long revision,
      List<Object> hashes,
      List<Lease> leases,
      List<Object> attached,
      Object members,
      Object alarms,
      Object everything) {}

  private static final class Replica {
    private final List<List<CommandBatch>> log;
    private final Random random;
    private InMemoryEngine engine = new InMemoryEngine();
    private Applier applier;
    private int next;

    Replica(List<List<CommandBatch>> log, Random random) {
      this.log = log;
      this.random = random;
      applier = open();
    }

    private Applier open() {
      engine.flushAfterWrites(() -> random.nextInt(20) == 0);
      Applier opened = Applier.open(engine, ApplyConfig.defaults());
      LogPosition position = opened.persistedPosition();
      assertThat(opened.appliedPosition()).isEqualTo(position);
      next = (int) position.index() + 1;
      return opened;
    }

    boolean isBehind() {
      return next < log.size();
    }

    void step() {
      switch (random.nextInt(20)) {
        case 0 -> {
          engine = engine.crashImage();
          applier = open();
        }
        case 1 -> applier.flush();
        case 2, 3, 4 -> applier.compactStep(1 + random.nextInt(20));
        default -> applyNext();
      }
    }

    private void applyNext() {
      if (isBehind()) {
        List<CommandBatch> entry = log.get(next);
        if (entry.isEmpty()) {
          applier.noteIndex(1, next);
        } else {
          applier.apply(1, next, CommandCodec.decode(CommandCodec.encode(entry)));
        }
        next++;
      }
    }

    State state() {
      View view = applier.view();
      List<Object> hashes = new ArrayList<>();
      for (long revision = Math.max(1, view.compactRevision());
          revision <= view.revision();
          revision += 7) {
        hashes.add(view.hash(revision));
      }
      hashes.add(view.hash(0));
      return new State(
          view.revision(),
          hashes,
          applier.leases().all(),
          applier.leases().all().stream()
              .map(lease -> (Object) applier.leases().keys(lease.id()))
              .toList(),
          applier.members(),
          applier.alarms(),
          view.range(RangeRequest.latest(KeyRange.ALL)));
    }

    /** Rows that are left; equal once all compacted data is removed. */
    long liveRows() {
      return engine.rows(dev.kvorum.store.engine.Family.KV).size()
          + 1000L * engine.rows(dev.kvorum.store.engine.Family.EVENTS).size();
    }
  }
}
