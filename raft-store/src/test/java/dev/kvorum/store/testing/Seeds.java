package dev.kvorum.store.testing;

import java.util.stream.LongStream;

/** The seeds of a randomized test: one with {@code -Dseed=}, else the first {@code -Dseeds=} (200 by default). */
public final class Seeds {
  private Seeds() {}

  public static LongStream all() {
    return upTo(200);
  }

  /** As {@link #all}, with another default number. */
  public static LongStream upTo(int defaultCount) {
    String seed = System.getProperty("seed");
    return seed != null
        ? LongStream.of(Long.parseLong(seed))
        : LongStream.range(0, Long.getLong("seeds", defaultCount));
  }
}
