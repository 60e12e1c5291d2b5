package dev.kvorum.apiserver.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A write under way: how it is meant, and what there is to say about it. Of one thread.
 */
public final class Change {
  private final String manager;
  private final boolean dryRun;
  private final Instant now;
  private final List<String> warnings = new ArrayList<>();

  /**
   * Begins one.
   *
   * @param manager in whose name fields are set
   * @param dryRun whether to do everything but store it
   */
  public Change(String manager, boolean dryRun, Instant now) {
    this.manager = manager;
    this.dryRun = dryRun;
    this.now = now;
  }

  public String manager() {
    return manager;
  }

  public boolean dryRun() {
    return dryRun;
  }

  /** When it is made. */
  public Instant now() {
    return now;
  }

  /** Tells the client something that it should know though nothing is refused. */
  public void warn(String warning) {
    if (!warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  /** In the order in which they came. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
