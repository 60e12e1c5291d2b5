package dev.kvorum.grpc.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes a failing sequence smaller by leaving out ever smaller parts while the same kind of difference shows. */
final class Shrinker {
  private static final long BUDGET_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Callable<Duel> pairs;
  private final String kind;
  private @Nullable Duel pair;

  Shrinker(Callable<Duel> pairs, String kind) {
    this.pairs = pairs;
    this.kind = kind;
  }

  /** The shortest failing sequence found in the time there is; empty when {@code steps} alone does not fail. */
  List<Step> shrink(List<Step> steps) throws Exception {
    long deadline = System.nanoTime() + BUDGET_NANOS;
    try {
      int end = failsAt(steps);
      if (end < 0) {
        return List.of();
      }
      List<Step> smallest = new ArrayList<>(steps.subList(0, Math.min(steps.size(), end + 1)));
      int part = Math.max(1, smallest.size() / 2);
      while (System.nanoTime() < deadline) {
        boolean removed = false;
        for (int from = 0; from < smallest.size() && System.nanoTime() < deadline; ) {
          List<Step> fewer = new ArrayList<>(smallest);
          fewer.subList(from, Math.min(fewer.size(), from + part)).clear();
          int fails = failsAt(fewer);
          if (fails >= 0) {
            smallest = new ArrayList<>(fewer.subList(0, Math.min(fewer.size(), fails + 1)));
            removed = true;
          } else {
            from += part;
          }
        }
        if (part == 1 && !removed) {
          break;
        }
        part = Math.max(1, part / 2);
      }
      return smallest;
    } finally {
      close();
    }
  }

  /** The step at which the wanted difference shows, or -1. A pair that showed none is used again. */
  private int failsAt(List<Step> steps) throws Exception {
    Duel duel = pair;
    if (duel == null) {
      duel = pairs.call();
      pair = duel;
    }
    try {
      duel.run(steps);
      return -1;
    } catch (Duel.Failed failed) {
      close();
      return failed.failure().difference().kind().equals(kind)
          ? failed.failure().index()
          : -1;
    } catch (Inconclusive slow) {
      close();
      return -1;
    }
  }

  private void close() {
    Duel duel = pair;
    if (duel != null) {
      pair = null;
      duel.close();
    }
  }
}
