package dev.kvorum.apiserver.storage;

/** How long to wait before the next try at what keeps failing: longer each time, up to a bound. Of one thread. */
public final class Pauses {
  private static final long FIRST_MILLIS = 200;
  private static final int MOST_DOUBLINGS = 5;

  private int failures;

  /** That it has failed again. */
  public long nextMillis() {
    return FIRST_MILLIS << Math.min(failures++, MOST_DOUBLINGS);
  }

  /** Whether this would be the first failure in a row. */
  public boolean isFirst() {
    return failures == 0;
  }

  /** That it has worked. */
  public void reset() {
    failures = 0;
  }
}
