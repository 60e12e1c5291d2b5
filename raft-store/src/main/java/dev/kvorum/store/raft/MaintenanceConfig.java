package dev.kvorum.store.raft;

import java.time.Duration;

/**
 * How a member looks after itself.
 *
 * @param quotaBytes how much it may store; negative for no bound
 * @param autoCompaction how much history is kept
 * @param corruptionCheckInterval how often the leader compares everything with the other members; zero for never
 * @param compactionCheckInterval how often the leader looks whether there was a compaction since, to compare what it left;
 *     zero for never
 * @param initialCorruptionCheck whether to compare with the other members before taking part
 */
public record MaintenanceConfig(
    long quotaBytes,
    AutoCompaction autoCompaction,
    Duration corruptionCheckInterval,
    Duration compactionCheckInterval,
    boolean initialCorruptionCheck) {
  /** etcd's defaults: 2 GiB, and nothing else. */
  public static final MaintenanceConfig DEFAULT = new MaintenanceConfig(
      2L << 30, new AutoCompaction.Off(), Duration.ZERO, Duration.ZERO, false);

  public MaintenanceConfig {
    if (quotaBytes == 0) {
      throw new IllegalArgumentException("a quota of no bytes");
    }
    if (corruptionCheckInterval.isNegative() || compactionCheckInterval.isNegative()) {
      throw new IllegalArgumentException(
          "checks every " + corruptionCheckInterval + " and " + compactionCheckInterval);
    }
  }

  /** The same with another quota. */
  public MaintenanceConfig withQuotaBytes(long bytes) {
    return new MaintenanceConfig(
        bytes,
        autoCompaction,
        corruptionCheckInterval,
        compactionCheckInterval,
        initialCorruptionCheck);
  }
}
