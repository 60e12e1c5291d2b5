package dev.kvorum.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever order tasks run in, and however slow clients, compactions and installed snapshots interfere: watchers see
 * what etcd guarantees (ordered, unique, atomic, reliable, resumable, bookmarkable). {@link CheckingSink} holds every
 * call against the full log as it comes.
 *
 * <p>Method: one seed makes one world and one schedule. To replay a failure, run with {@code -Dseed=<seed>}; to search,
 * {@code -Dseeds=100000}.
 */
class WatchSimulationTest {
  static LongStream seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, Long.getLong("seeds", 200));
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void everyWatcherSeesExactlyItsHistory(long seed) {
    simulate(seed);
  }

  /** A simulation that does not meet a case says nothing about it. */
  @Test
  void theSimulationMeetsEveryCase() {
    Map<String, Integer> met = new TreeMap<>();
    for (long seed = 0; seed < 40; seed++) {
      simulate(seed).forEach((name, count) -> met.merge(name, count, Integer::sum));
    }

    assertThat(met)
        .containsOnlyKeys(
            "one revision",
            "many revisions",
            "history read",
            "progress asked for",
            "progress notified",
            "compacted at creation",
            "compacted later",
            "mvcc: watcher range is empty",
            "mvcc: duplicate watch ID provided on the WatchStream",
            "etcdserver: mvcc: required revision has been compacted",
            "etcdserver: too many watchers on the stream",
            "failure of a sink");
    assertThat(met.values()).as(met.toString()).allMatch(count -> count >= 3);
  }

  private static Map<String, Integer> simulate(long seed) {
    World world = new World(new Random(seed));
    for (int step = 0; step < 2500; step++) {
      world.step();
    }
    world.settle();
    world.met.put("history read", world.history.reads());
    return world.met;
  }

  /** A hub, its loops and clients, and the dice. */
  private static final class World {
    private static final String KEYS = "abcdefgh";

    final Random random;
    final FakeHistory history = new FakeHistory();
    final List<StepExecutor> loops =
        List.of(new StepExecutor(), new StepExecutor(), new StepExecutor());
    final List<Runnable> catchUp = new ArrayList<>();
    final List<Client> clients = new ArrayList<>();
    final WatchHub hub;
    final WatchLimits limits;
    final Map<String, Integer> met = new TreeMap<>();
    long now;

    World(Random random) {
      this.random = random;
      limits = new WatchLimits(
          1000 + random.nextInt(40_000),
          1 + random.nextInt(16),
          1 + random.nextInt(8),
          20 + random.nextInt(600),
          4 + random.nextInt(20),
          1 + random.nextInt(3),
          Duration.ofNanos(1000));
      for (int i = random.nextInt(20); i > 0; i--) {
        history.apply(randomChanges());
      }
      hub = new WatchHub(history, catchUp::add, limits, () -> now);
    }

    void step() {
      now += random.nextInt(50);
      int dice = random.nextInt(100);
      if (dice < 40) {
        loops.get(random.nextInt(loops.size())).step();
      } else if (dice < 55) {
        readHistory();
      } else if (dice < 75) {
        publish();
      } else if (dice < 76) {
        installSnapshot();
      } else if (dice < 77) {
        compact();
      } else if (dice < 78) {
        hub.tick();
      } else if (clients.isEmpty() || (dice < 80 && clients.size() < 8)) {
        clients.add(new Client(this, loops.get(random.nextInt(loops.size()))));
      } else {
        Client client = clients.get(random.nextInt(clients.size()));
        client.executor.execute(() -> client.act(random.nextInt(100)));
      }
      clients.removeIf(client -> client.sink.ended());
    }

    private void publish() {
      List<Event> entry = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        entry.addAll(history.apply(randomChanges()));
      }
      if (random.nextInt(3) == 0) {
        loops.get(random.nextInt(loops.size())).step(); // between written and published
      }
      hub.publish(history.currentRevision(), entry);
    }

    private void installSnapshot() {
      for (int i = random.nextInt(30); i >= 0; i--) {
        history.apply(randomChanges());
      }
      if (random.nextBoolean()) {
        compact();
      }
      hub.reset(history.currentRevision());
    }

    private void compact() {
      long span = history.currentRevision() - history.compactRevision();
      history.compact(history.compactRevision() + random.nextInt((int) Math.min(span + 1, 40)));
    }

    private void readHistory() {
      if (!catchUp.isEmpty()) {
        history.searchLimit(1 + random.nextInt(10));
        catchUp.remove(random.nextInt(Math.min(2, catchUp.size()))).run();
      }
    }

    private List<FakeHistory.Change> randomChanges() {
      List<FakeHistory.Change> changes = new ArrayList<>();
      for (int i = 0; i < KEYS.length(); i++) {
        char key = KEYS.charAt(i);
        if (random.nextInt(4) == 0) {
          String name = random.nextBoolean() ? "" + key : key + "/" + random.nextInt(3);
          changes.add(
              random.nextInt(3) == 0
                  ? FakeHistory.Change.delete(name)
                  : FakeHistory.Change.put(name, "v".repeat(random.nextInt(30))));
        }
      }
      return changes;
    }

    Bytes randomKey() {
      String key = "" + KEYS.charAt(random.nextInt(KEYS.length()));
      return Bytes.utf8(random.nextInt(3) == 0 ? key + "/" + random.nextInt(3) : key);
    }

    private KeyRange randomRange() {
      return switch (random.nextInt(6)) {
        case 0 -> new KeyRange(Bytes.EMPTY, Bytes.ZERO);
        case 1 -> KeyRange.from(randomKey());
        case 2 -> KeyRange.single(randomKey());
        case 3 -> KeyRange.prefix(randomKey());
        default -> new KeyRange(randomKey(), randomKey());
      };
    }

    WatchRequest randomRequest() {
      long current = history.currentRevision();
      long start = switch (random.nextInt(5)) {
        case 0 -> current + 1 + random.nextInt(10);
        case 1 -> Math.max(1, current - random.nextInt(40));
        case 2 -> 1 + random.nextInt((int) current);
        case 3 -> random.nextInt(20) == 0 ? -1 : history.compactRevision();
        default -> 0;
      };
      return new WatchRequest(
          randomRange(),
          start,
          random.nextBoolean(),
          random.nextInt(3) == 0,
          random.nextInt(6) == 0,
          random.nextInt(6) == 0,
          false);
    }

    /** Lets everything run to its end and looks at what is left. */
    void settle() {
      history.searchLimit(Integer.MAX_VALUE);
      for (Client client : clients) {
        client.sink.onEvents = () -> {};
        client.sink.credit = Integer.MAX_VALUE / 2;
        client.executor.execute(client.stream::ready);
      }
      runAll();
      clients.removeIf(client -> client.sink.ended());
      assertThat(hub.counts().unsynced())
          .isEqualTo(
              clients.stream().mapToInt(client -> client.sink.startsAhead()).sum());
      for (Client client : clients) {
        client.sink.assertComplete();
        client.executor.execute(client::requestProgress);
      }
      runAll();
      for (Client client : clients) {
        client.sink.assertProgressAnswered();
        client.executor.execute(client::close);
      }
      runAll();
      assertThat(hub.counts().watchers()).isZero();
      assertThat(hub.counts().streams()).isZero();
      assertThat(hub.counts().unsynced()).isZero();
      assertThat(hub.loopCount()).isZero();
    }

    private void runAll() {
      for (boolean idle = false; !idle; ) {
        idle = true;
        for (StepExecutor loop : loops) {
          while (loop.step()) {
            idle = false;
          }
        }
        while (!catchUp.isEmpty()) {
          catchUp.removeFirst().run();
          idle = false;
        }
      }
    }
  }

  private static final class PlannedFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    PlannedFailure() {
      super("planned failure of a sink", null, false, false);
    }
  }

  /** Uses its stream on the stream's loop; may do so from within the sink. */
  private static final class Client {
    final World world;
    final StepExecutor executor;
    final CheckingSink sink;
    final WatchStream stream;

    Client(World world, StepExecutor executor) {
      this.world = world;
      this.executor = executor;
      sink = new CheckingSink(world.history, world.hub, world.limits, () -> world.now, world.met);
      sink.onEvents = () -> {
        int dice = world.random.nextInt(2000);
        if (dice < 40) {
          act(world.random.nextInt(100));
        } else if (dice > 96 && dice < 100) {
          sink.expectFailure();
          throw new PlannedFailure();
        }
      };
      stream = world.hub.open(executor, sink);
    }

    void act(int dice) {
      if (sink.ended()) {
        return;
      }
      if (dice < 25) {
        WatchRequest request = world.randomRequest();
        long id = world.random.nextInt(4) == 0 ? world.random.nextInt(12) : 0;
        sink.expectAnswer(id, request);
        stream.create(id, request);
      } else if (dice < 35) {
        long id = sink.randomId(world.random);
        if (sink.canExpectCancel(id)) {
          sink.expectCancel(id);
          stream.cancel(id);
        }
      } else if (dice < 60) {
        requestProgress();
      } else if (dice < 99) {
        boolean wasReady = sink.isReady();
        sink.credit = Math.max(0, sink.credit) + world.random.nextInt(6);
        if (!wasReady && sink.isReady()) {
          stream.ready();
        }
      } else if (world.random.nextInt(4) == 0) {
        close();
      }
    }

    void requestProgress() {
      sink.expectProgressAtLeast(world.hub.publishedRevision());
      stream.requestProgress();
    }

    void close() {
      sink.close();
      stream.close();
    }
  }
}
