package dev.kvorum.store.raft;

/**
 * How a member looks after itself.
 *
 * @param quotaBytes how much it may store; negative for no bound
 */
public record MaintenanceConfig(long quotaBytes) {
  /** etcd's defaults: 2 GiB. */
  public static final MaintenanceConfig DEFAULT = new MaintenanceConfig(2L << 30);

  public MaintenanceConfig {
    if (quotaBytes == 0) {
      throw new IllegalArgumentException("a quota of no bytes");
    }
  }

  /** The same with another quota. */
  public MaintenanceConfig withQuotaBytes(long bytes) {
    return new MaintenanceConfig(bytes);
  }
}
