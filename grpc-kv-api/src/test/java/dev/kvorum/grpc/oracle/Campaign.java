package dev.kvorum.grpc.oracle;

import io.grpc.ClientInterceptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Many sequences on many pairs of servers.
 *
 * <p>A pair serves a batch of consecutive seeds. Batches run side by side, one pair of servers each, because a sequence
 * spends much of its time waiting.
 */
final class Campaign {
  private static final int RESTART_EVERY = 7;
  private static final int TRIES_WHEN_INCONCLUSIVE = 4;

  private final Settings settings;
  private final Subject.Factory oracle;
  private final Subject.Factory subject;
  private final List<ClientInterceptor> onSubject;
  private final Consumer<String> out;
  private final KnownDifferences known = new KnownDifferences();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong seedsDone = new AtomicLong();
  private final AtomicLong inconclusive = new AtomicLong();
  private final Map<String, Found> found = new LinkedHashMap<>();

  Campaign(
      Settings settings,
      Subject.Factory oracle,
      Subject.Factory subject,
      List<ClientInterceptor> onSubject,
      Consumer<String> out) {
    this.settings = settings;
    this.oracle = oracle;
    this.subject = subject;
    this.onSubject = List.copyOf(onSubject);
    this.out = out;
  }

  /**
   * How much to run.
   *
   * @param firstSeed the first seed
   * @param seeds how many
   * @param steps per seed
   * @param seedsPerPair how many seeds one pair of servers serves
   * @param lanes pairs at the same time
   * @param maxKinds stop after this many different differences
   * @param shrink whether to make failing sequences smaller
   * @param without methods not to call, by their names
   * @param profiles that seeds take turns with; none for each seed's own
   */
  record Settings(
      long firstSeed,
      int seeds,
      int steps,
      int seedsPerPair,
      int lanes,
      int maxKinds,
      boolean shrink,
      Set<String> without,
      List<Profile> profiles) {
    /** From system properties; {@code -Dseed=} alone means that one seed. */
    static Settings fromProperties() {
      Long seed = Long.getLong("seed");
      return new Settings(
          seed == null ? 1 : seed,
          Integer.getInteger("seeds", seed == null ? 200 : 1),
          Integer.getInteger("steps", 300),
          Integer.getInteger("oracle.seedsPerPair", 20),
          Integer.getInteger("oracle.lanes", 2),
          Integer.getInteger("oracle.maxKinds", 10),
          Boolean.parseBoolean(System.getProperty("oracle.shrink", "true")),
          Set.of(System.getProperty("oracle.without", "").split(",", -1)),
          profiles(System.getProperty("oracle.profile", "")));
    }

    private static List<Profile> profiles(String names) {
      return Arrays.stream(names.split(","))
          .filter(name -> !name.isEmpty())
          .map(name -> Profile.valueOf(name.toUpperCase(Locale.ROOT)))
          .toList();
    }

    Profile profileOf(long seed) {
      return profiles.isEmpty()
          ? Profile.of(seed)
          : profiles.get((int) Math.floorMod(seed, (long) profiles.size()));
    }
  }

  /** The first occurrence of a kind of difference, and how often it was met. */
  private static final class Found {
    private final String report;
    private int times = 1;

    Found(String report) {
      this.report = report;
    }
  }

  /** Runs everything; returns the reports of the differences, by kind. Empty means that the servers agree. */
  List<String> run() throws InterruptedException {
    long began = System.nanoTime();
    ExecutorService lanes = Executors.newFixedThreadPool(settings.lanes());
    List<Future<@Nullable Void>> batches = new ArrayList<>();
    for (int i = 0; i < settings.seeds(); i += settings.seedsPerPair()) {
      long from = settings.firstSeed() + i;
      long to = settings.firstSeed() + Math.min(settings.seeds(), i + settings.seedsPerPair());
      Callable<@Nullable Void> batch = () -> {
        batch(from, to);
        return null;
      };
      batches.add(lanes.submit(batch));
    }
    try {
      for (Future<@Nullable Void> batch : batches) {
        batch.get();
      }
    } catch (ExecutionException failure) {
      throw new IllegalStateException("a batch of seeds could not run", failure.getCause());
    } finally {
      lanes.shutdownNow();
      lanes.awaitTermination(1, TimeUnit.MINUTES);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    out.accept(summary(millis));
    known.report().forEach(line -> out.accept("known difference: " + line));
    return reports();
  }

  private synchronized List<String> reports() {
    return found.values().stream().map(each -> each.times + " x " + each.report).toList();
  }

  private synchronized String summary(long millis) {
    return "oracle: seeds=" + seedsDone + " steps=" + settings.steps() + " calls=" + calls
        + " inconclusive=" + inconclusive + " kinds_of_difference=" + found.size()
        + " differences=" + found.values().stream().mapToInt(each -> each.times).sum()
        + " millis=" + millis;
  }

  private void batch(long from, long to) throws Exception {
    long next = from;
    while (next < to && !enough()) {
      next = runUntilDifference(from, next, to);
    }
  }

  /** Runs seeds on one fresh pair; returns the seed to go on with on another. */
  private long runUntilDifference(long batch, long from, long to) throws Exception {
    try (Duel duel = start()) {
      for (long seed = from; seed < to && !enough(); seed++) {
        try {
          List<Step> steps = steps(seed, seed == to - 1 && seed > batch);
          duel.run(steps);
          if ((seed - from) % RESTART_EVERY == RESTART_EVERY - 1) {
            duel.restart();
          }
          progress();
        } catch (Duel.Failed failed) {
          progress();
          report(from, seed, failed.failure());
          return seed + 1;
        } catch (OracleAstray astray) {
          progress();
          out.accept("oracle: seed " + seed + ": " + astray.getMessage());
          return seed + 1;
        } catch (Inconclusive slow) {
          if (inconclusive.incrementAndGet() > (long) TRIES_WHEN_INCONCLUSIVE * settings.seeds()) {
            throw new IllegalStateException("this machine is too slow", slow);
          }
          return seed;
        } finally {
          calls.addAndGet(duel.takeCalls());
        }
      }
    }
    return to;
  }

  /** A seed's sequence; the last one on a pair has what takes long as well. */
  private List<Step> steps(long seed, boolean last) {
    List<Step> steps =
        new ArrayList<>(Generator.steps(seed, settings.steps(), settings.profileOf(seed)));
    steps.removeIf(step -> step instanceof Step.Unary unary
        && settings.without().contains(String.valueOf(unary.method().getBareMethodName())));
    if (last) {
      steps.add(new Step.Checkpoint());
      steps.add(new Step.Clear());
      steps.addAll(Generator.large(seed));
      steps.add(Generator.expiry(seed));
    }
    return steps;
  }

  private Duel start() throws Exception {
    return Duel.start(oracle, subject, known, onSubject);
  }

  private void progress() {
    long done = seedsDone.incrementAndGet();
    if (done % 20 == 0) {
      out.accept("oracle: " + done + " of " + settings.seeds() + " seeds, " + calls + " calls");
    }
  }

  private synchronized boolean enough() {
    return found.size() >= settings.maxKinds();
  }

  private void report(long pairBegan, long seed, Duel.Failure failure) throws Exception {
    String kind = failure.difference().kind();
    synchronized (this) {
      Found before = found.get(kind);
      if (before != null) {
        before.times++;
        return;
      }
      found.put(kind, new Found(kind)); // so that no other lane shrinks the same
    }
    StringBuilder report = new StringBuilder(kind)
        .append("\n  seed ")
        .append(seed)
        .append(' ')
        .append(settings.profileOf(seed))
        .append(", step ")
        .append(failure.index())
        .append(": ")
        .append(failure.step())
        .append('\n')
        .append(failure.difference().getMessage())
        .append("\n  last calls:");
    failure.trace().forEach(line -> report.append("\n    ").append(line));
    report.append("\n  replay: -Dseed=").append(seed).append(" -Dsteps=").append(settings.steps());
    if (!settings.profiles().isEmpty()) {
      report.append(" -Doracle.profile=").append(settings.profileOf(seed));
    }
    if (pairBegan != seed) {
      report.append("; if that passes: -Dseed=" + pairBegan + " -Dseeds=" + (seed - pairBegan + 1));
    }
    if (settings.shrink()) {
      List<Step> steps = steps(seed, false);
      List<Step> smaller = new Shrinker(this::start, kind).shrink(steps);
      report.append("\n  shortest sequence found on a fresh pair: ");
      report.append(smaller.isEmpty() ? "none, the seed alone passes" : smaller.size() + " steps");
      smaller.forEach(step -> report.append("\n    ").append(step));
    }
    synchronized (this) {
      Found mine = new Found(report.toString());
      Found placeholder = found.get(kind);
      mine.times = placeholder == null ? 1 : placeholder.times;
      found.put(kind, mine);
    }
    out.accept("oracle: DIFFERENCE " + report);
  }
}
